// Makes the vectors that internal/seal is held to:
//
//   node seal-vectors.mjs > ../../internal/seal/testdata/vectors.json
//
// Each has a seal, the password and the time to open it at, and what the
// original makes of it: the text inside, or the message of its error. Seals are
// random, so that each run writes others.
import { webcrypto } from "node:crypto";
import { sealData } from "iron-session";
import { defaults, seal, unseal } from "iron-webcrypto";

const password = "a-password-of-this-test-and-no-other-0";
const other = "another-password-of-this-test-entirely";
const hour = 3_600_000;
const made = Date.UTC(2026, 0, 2, 15, 4, 5);

let now = made;
Date.now = () => now;

const session = {
  accessToken: "header.payload.signature",
  refreshToken: "rt_0",
  user: { object: "user", id: "user_01", email: "ada@acme.example", firstName: "Ada", emailVerified: true },
};

// ironed seals without iron-session, under a password ID of its own.
const ironed = (value, id, ttl) =>
  seal(webcrypto, value, id ? { id, secret: password } : password, { ...defaults, ttl });

// changed replaces one character of one part of a seal by another.
function changed(sealed, part) {
  const parts = sealed.split("*");
  parts[part] = (parts[part][0] === "A" ? "B" : "A") + parts[part].slice(1);
  return parts.join("*");
}

// judged asks the original about a vector, at the vector's time.
async function judged({ name, sealed, password, at }) {
  now = at;
  try {
    const value = await unseal(webcrypto, sealed.replace(/~2$/, ""), { 1: password }, defaults);
    return { name, password, sealed, at, value: JSON.stringify(value) };
  } catch (error) {
    return { name, password, sealed, at, error: error.message };
  } finally {
    now = made;
  }
}

async function vectors() {
  const forever = await sealData(session, { password, ttl: 0 });
  const minutes = await sealData(session, { password, ttl: 600 });
  const expires = made + 600_000;
  const vector = (name, sealed, rest) => ({ name, password, sealed, at: made, ...rest });
  const unicode = { name: "Ångström — 日本語 🙂", "ключ": ["ü", "\u2028", "</script>"] };
  const large = { ...session, accessToken: "x".repeat(3000) };
  return [
    vector("no lifetime", forever),
    vector("no lifetime, a century later", forever, { at: made + 876_600 * hour }),
    vector("ten minutes", minutes),
    vector("in the minute after the expiry", minutes, { at: expires + 59_999 }),
    vector("a minute after the expiry", minutes, { at: expires + 60_000 }),
    vector("hours after the expiry", minutes, { at: expires + 5 * hour }),
    vector("unicode", await sealData(unicode, { password, ttl: 600 })),
    vector("a password of 32 two-byte letters", await sealData(session, { password: "ü".repeat(32), ttl: 0 }), {
      password: "ü".repeat(32),
    }),
    vector("a password of 31 two-byte letters", forever, { password: "ü".repeat(31) }),
    vector("three kilobytes", await sealData(large, { password, ttl: 0 })),
    vector("a bare string", await sealData("text", { password, ttl: 0 })),
    vector("made by iron itself", (await ironed(session, "1", 0)) + "~2"),
    vector("another password", forever, { password: other }),
    vector("another password, and expired", minutes, { password: other, at: expires + 5 * hour }),
    vector("the second password of two", await sealData(session, { password: { 1: other, 2: password }, ttl: 0 })),
    vector("no password ID", (await ironed(session, "", 0)) + "~2"),
    vector("a changed salt", changed(forever, 2)),
    vector("a changed IV", changed(forever, 3)),
    vector("a changed text", changed(forever, 4)),
    vector("a later expiry", minutes.replace(`*${expires}*`, `*${expires + hour}*`)),
    vector("a changed MAC salt", changed(forever, 6)),
    vector("a changed MAC", changed(forever, 7)),
    vector("iron-session's first layout", forever.replace("~2", "")),
    vector("another format", forever.replace("Fe26.2", "Fe26.1")),
    vector("a part less", forever.split("*").slice(0, 7).join("*") + "~2"),
    vector("a short password", forever, { password: "too-short" }),
  ];
}

const all = [];
for (const vector of await vectors()) all.push(await judged(vector));
process.stdout.write(JSON.stringify(all, null, 1) + "\n");
