// Starts WorkOS' own emulator and prints where it is. Its tokens are made to look like production's in what they
// claim: the issuer is the client's, there is no audience, and they live for five minutes. All else is as it comes.
import { createEmulator } from 'workos/emulate';

const { JWTManager } = await import(new URL('core/jwt.js', import.meta.resolve('workos/emulate')));
const sign = JWTManager.prototype.sign;
JWTManager.prototype.sign = function ({ aud, ...claims }, options) {
  const own = this.issuer;
  this.issuer = `https://api.workos.com/user_management/${aud}`;
  try {
    return sign.call(this, claims, { expiresIn: 300, ...options });
  } finally {
    this.issuer = own;
  }
};

const { TEST_EMAIL: email, TEST_PASSWORD: password, TEST_KEY: key } = process.env;
const emulator = await createEmulator({
  port: 0,
  seed: { apiKeys: { [key]: { environment: 'test' } }, users: [{ email, password, email_verified: true }] },
});
console.log(emulator.url);
process.stdin.on('end', () => process.exit()).resume(); // whoever started it is gone
