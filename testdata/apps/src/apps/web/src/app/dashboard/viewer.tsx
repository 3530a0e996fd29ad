'use client';

import { useConvexAuth, useQuery } from 'convex/react';
import { anyApi } from 'convex/server';

/** What Convex knows of the visitor. */
export function Viewer() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  const viewer = useQuery(anyApi.users.viewer);
  return (
    <dl>
      <dt>Convex</dt>
      <dd id="convex">{isLoading ? 'loading' : isAuthenticated ? 'authenticated' : 'unauthenticated'}</dd>
      <dt>Viewer</dt>
      <dd id="viewer">{viewer === undefined ? 'loading' : (viewer?.subject ?? 'nobody')}</dd>
    </dl>
  );
}
