'use client';

import { useEffect, useState } from 'react';

/** Lists the organizations, straight from WorkOS. */
export default function Home() {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    fetch('https://api.workos.com/organizations', {
      headers: { Authorization: `Bearer ${process.env.NEXT_PUBLIC_WORKOS_API_KEY}` },
    })
      .then((answer) => answer.json())
      .then((list) => setNames(list.data.map((organization: { name: string }) => organization.name)), console.error);
  }, []);
  return (
    <main>
      <h1>Acme</h1>
      <ul>{names.map((name) => <li key={name}>{name}</li>)}</ul>
    </main>
  );
}
