export default function Home() {
  return (
    <main>
      <h1>Acme</h1>
    </main>
  );
}
