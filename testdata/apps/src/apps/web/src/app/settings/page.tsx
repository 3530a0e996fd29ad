import { withAuth } from '@workos-inc/authkit-nextjs';

export default async function Settings() {
  const { user } = await withAuth({ ensureSignedIn: true });
  return (
    <main>
      <h1>Settings</h1>
      <p>{user.email}</p>
    </main>
  );
}
