'use client';

import { useAccessToken, useAuth } from '@workos-inc/authkit-nextjs/components';
import { useConvexAuth } from 'convex/react';
import { Viewer } from '../../dashboard/viewer';

/** The three facts that split every case: user, token, Convex. Once for people, once for previewgate. */
export default function AuthDebug() {
  const { user, loading } = useAuth();
  const { accessToken, error } = useAccessToken();
  const convex = useConvexAuth();
  const token = accessToken ? claims(accessToken) : undefined;
  const facts = {
    version: 1,
    session: { signedIn: !!user },
    token: { present: !!token, issuer: token?.iss ?? '', audience: [token?.aud ?? []].flat(), error: error?.message ?? '' },
    convex: { state: loading || convex.isLoading ? 'loading' : convex.isAuthenticated ? 'authenticated' : 'unauthenticated' },
  };
  return (
    <main>
      <h1>Auth debug</h1>
      <pre id="previewgate">{JSON.stringify(facts, null, 2)}</pre>
      {loading ? <p>Loading session…</p> : <Viewer />}
    </main>
  );
}

function claims(token: string): { iss: string; aud?: string | string[] } {
  return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
}
