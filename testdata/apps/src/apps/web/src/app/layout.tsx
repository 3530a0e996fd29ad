import type { ReactNode } from 'react';
import { withAuth } from '@workos-inc/authkit-nextjs';
import { Header } from './header';
import { Providers } from './providers';

export const metadata = { title: 'Acme' };

export default async function Layout({ children }: { children: ReactNode }) {
  const { accessToken: _, ...initialAuth } = await withAuth();
  return (
    <html lang="en">
      <body>
        <Providers initialAuth={initialAuth}>
          <Header />
          {children}
        </Providers>
      </body>
    </html>
  );
}
