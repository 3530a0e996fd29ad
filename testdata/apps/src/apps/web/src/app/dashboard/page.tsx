import { withAuth } from '@workos-inc/authkit-nextjs';
import { Viewer } from './viewer';

export default async function Dashboard() {
  const { user } = await withAuth();
  return (
    <main>
      <h1>Dashboard</h1>
      <p id="server-user">{user?.email ?? 'nobody'}</p>
      <Viewer />
    </main>
  );
}
