// What `next start` lacks of Vercel, loaded into it by --require: the network in which the stand-ins have their real
// names, and a runtime log that tells which request a line belongs to.
'use strict';

const http = require('node:http');
const net = require('node:net');
const { AsyncLocalStorage } = require('node:async_hooks');

// TESTBED_PLACE is the loopback port behind port 443 of every name in TESTBED_NAMES; no other name leads anywhere.
const place = Number(process.env.TESTBED_PLACE);
const names = new Set(process.env.TESTBED_NAMES.split(','));

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const given = Array.isArray(args[0]) ? args[0] : args; // Node normalises the arguments before it gets here
  const to = given[0];
  if (to === null || typeof to !== 'object' || Number(to.port) !== 443) return connect.apply(this, args);
  if (names.has(to.host)) {
    given[0] = { ...to, host: '127.0.0.1', port: place };
  } else {
    given[0] = { ...to, lookup: (host, _, done) => done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })) };
  }
  return connect.apply(this, args);
};

const current = new AsyncLocalStorage();
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (event, ...args) {
  if (event !== 'request') return emit.call(this, event, ...args);
  const { method, url, headers } = args[0];
  return current.run({ method, url, id: headers['x-vercel-id'], host: headers.host }, () => emit.call(this, event, ...args));
};

// Each write becomes one line of JSON on standard output, with the request during which it was made.
const out = process.stdout.write.bind(process.stdout);
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, encoding, done) => {
    out(`${JSON.stringify({ ...current.getStore(), text: String(chunk) })}\n`);
    const then = typeof encoding === 'function' ? encoding : done;
    if (then) process.nextTick(then);
    return true;
  };
}
process.stdin.on('end', () => process.exit()).resume(); // whoever started it is gone
