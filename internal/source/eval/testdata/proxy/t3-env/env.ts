import { createEnv } from "@t3-oss/env-nextjs";
import { z } from "zod";
export const env = createEnv({
  server: { WORKOS_API_KEY: z.string().min(1).startsWith("sk_"), LIMIT: z.coerce.number().int().default(5) },
  client: { NEXT_PUBLIC_SITE: z.string().url() },
  experimental__runtimeEnv: { NEXT_PUBLIC_SITE: process.env.NEXT_PUBLIC_SITE },
});
