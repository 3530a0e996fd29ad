'use client';

import { useState, type ComponentProps, type ReactNode } from 'react';
import { AuthKitProvider, useAccessToken, useAuth } from '@workos-inc/authkit-nextjs/components';
import { ConvexProviderWithAuth, ConvexReactClient } from 'convex/react';

type InitialAuth = ComponentProps<typeof AuthKitProvider>['initialAuth'];

export function Providers({ children, initialAuth }: { children: ReactNode; initialAuth: InitialAuth }) {
  const [client] = useState(() => new ConvexReactClient(process.env.NEXT_PUBLIC_CONVEX_URL!));
  return (
    <AuthKitProvider initialAuth={initialAuth}>
      <ConvexProviderWithAuth client={client} useAuth={useAuthFromAuthKit}>
        {children}
      </ConvexProviderWithAuth>
    </AuthKitProvider>
  );
}

function useAuthFromAuthKit() {
  const { user } = useAuth();
  const { loading: isLoading, refresh } = useAccessToken();
  const fetchAccessToken = async () => (user ? ((await refresh()) ?? null) : null);
  return { isLoading, isAuthenticated: !!user, fetchAccessToken };
}
