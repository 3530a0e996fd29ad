// Drives the WorkOS SDK into refusals: a list of {"name", "host", "port",
// "key", "clientId", "email", "password"} comes in, and what authenticating
// with the password threw goes out, by name. Where an organization is to be
// selected, one is, and its token's claim goes out.
import { WorkOS } from "@workos-inc/node";
import { json } from "node:stream/consumers";

async function attempt({ host, port, key, clientId, email, password }) {
  const workos = new WorkOS(key, { clientId, apiHostname: host, port, https: false, maxRetries: 0 });
  try {
    await workos.userManagement.authenticateWithPassword({ clientId, email, password });
    return { threw: "nothing" };
  } catch (e) {
    const code = e.code ?? e.error ?? e.rawData?.code;
    const seen = { threw: e.name, status: e.status ?? e.rawStatus, ...(code && { code }) };
    if (e.pendingAuthenticationToken) seen.pending = true;
    if (code === "organization_selection_required") seen.selected = await select(workos, clientId, e);
    return seen;
  }
}

async function select(workos, clientId, { pendingAuthenticationToken, rawData }) {
  const [, organization] = rawData.organizations;
  const answer = await workos.userManagement.authenticateWithOrganizationSelection({
    clientId, pendingAuthenticationToken, organizationId: organization.id,
  });
  const claims = JSON.parse(Buffer.from(answer.accessToken.split(".")[1], "base64url").toString());
  return { answered: answer.organizationId, claimed: claims.org_id };
}

const results = {};
for (const one of await json(process.stdin)) results[one.name] = await attempt(one);
process.stdout.write(JSON.stringify(results));
