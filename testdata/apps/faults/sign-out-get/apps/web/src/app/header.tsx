'use client';

import Link from 'next/link';
import { useAuth } from '@workos-inc/authkit-nextjs/components';

export function Header() {
  const { user } = useAuth();
  return (
    <header>
      <nav>
        <Link href="/">Home</Link> <Link href="/dashboard">Dashboard</Link> <Link href="/settings">Settings</Link>
      </nav>
      {user ? (
        <span>
          <span id="user">{user.email}</span> <a href="/sign-out">Sign out</a>
        </span>
      ) : (
        <a href="/sign-in">Sign in</a>
      )}
    </header>
  );
}
