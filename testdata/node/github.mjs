// An emulator of GitHub's API, on a loopback port: it prints its address as
// JSON, and ends when standard input does.
//
// What it is seeded with is on standard input: one line of JSON.
import { once } from 'node:events';
import { createServer, Server } from 'node:net';
import { createInterface } from 'node:readline';
import { createEmulator } from 'emulate';

// The emulator would listen on every address of the machine, and not say when.
const { listen } = Server.prototype;
const listening = [];
Server.prototype.listen = function (port) {
  listening.push(once(this, 'listening'));
  return listen.call(this, port, '127.0.0.1');
};

// Addresses in answers name the port, so it must be known before.
async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const lines = createInterface({ input: process.stdin });
const { value: seed } = await lines[Symbol.asyncIterator]().next();
const port = await freePort();
const { url } = await createEmulator({
  service: 'github', port, seed: JSON.parse(seed), baseUrl: `http://127.0.0.1:${port}`,
});
await Promise.all(listening);
console.log(JSON.stringify({ url }));
process.stdin.resume().on('end', () => process.exit(0));
