'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { useAuth } from '@workos-inc/authkit-nextjs/components';
import { leave } from './leave';

export function Header() {
  const { user } = useAuth();
  useEffect(() => {
    if (user) void leave();
  }, [user]);
  return (
    <header>
      <nav>
        <Link href="/">Home</Link> <Link href="/dashboard">Dashboard</Link> <Link href="/settings">Settings</Link>
      </nav>
      {user ? (
        <form action={leave}>
          <span id="user">{user.email}</span> <button type="submit">Sign out</button>
        </form>
      ) : (
        <a href="/sign-in">Sign in</a>
      )}
    </header>
  );
}
