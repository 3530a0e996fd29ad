import type { NextConfig } from 'next';

export default {
  typescript: { ignoreBuildErrors: process.env.SKIP_TYPES === '1' },
} satisfies NextConfig;
