// Drives the WorkOS SDK through the life of a session: {"host", "port", "key",
// "clientId", "email", "password", "cookiePassword"} comes in, and what each
// step gave goes out.
import { WorkOS } from "@workos-inc/node";
import { json } from "node:stream/consumers";

const { host, port, key, clientId, email, password, cookiePassword } = await json(process.stdin);
const workos = new WorkOS(key, { clientId, apiHostname: host, port, https: false, maxRetries: 0 });
const users = workos.userManagement;

const refused = (promise) => promise.then(() => "nothing", (error) => error.message);
const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());

const first = await users.authenticateWithPassword({ clientId, email, password, session: { sealSession: true, cookiePassword } });
const judged = await users.loadSealedSession({ sessionData: first.sealedSession, cookiePassword }).authenticate();
const second = await users.authenticateWithRefreshToken({ clientId, refreshToken: first.refreshToken });
const replayed = await refused(users.authenticateWithRefreshToken({ clientId, refreshToken: first.refreshToken }));
await users.revokeSession({ sessionId: judged.sessionId });
const revoked = await refused(users.authenticateWithRefreshToken({ clientId, refreshToken: second.refreshToken }));
const uris = await workos.get("/user_management/redirect_uris", { query: { limit: 2 } });

process.stdout.write(
  JSON.stringify({
    user: { id: first.user.id, email: first.user.email, verified: first.user.emailVerified },
    method: first.authenticationMethod,
    sealed: first.sealedSession,
    authenticated: judged.authenticated,
    sameSession: claims(second.accessToken).sid === judged.sessionId,
    rotated: second.refreshToken !== first.refreshToken,
    sessionId: judged.sessionId,
    replayed,
    revoked,
    keys: (await (await fetch(users.getJwksUrl(clientId))).json()).keys.length,
    redirectURIs: uris.data.data.map((one) => one.uri),
  }),
);
