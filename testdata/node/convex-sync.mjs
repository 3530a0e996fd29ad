// Drives ConvexClient, the browser's: {"url", "good", "bad"} comes in. What its
// callbacks were told goes out, up to where nothing more is to come.
import { ConvexClient } from "convex/browser";
import { json } from "node:stream/consumers";

const { url, good, bad } = await json(process.stdin);
const open = () => new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false, unsavedChangesWarning: false });

// authenticated is what onChange says first about a token.
async function authenticated(token) {
  const client = open();
  const said = await new Promise((resolve) => client.setAuth(async () => token, resolve));
  await client.close();
  return said;
}

// followed is the results of one query before and after signing in.
async function followed() {
  const client = open();
  const results = [];
  await new Promise((resolve, reject) => {
    client.onUpdate("users:viewer", {}, (result) => {
      results.push(result);
      if (results.length === 1) client.setAuth(async () => good, () => {});
      else resolve();
    }, reject);
  });
  await client.close();
  return results;
}

// failed is the error of a subscription, and searched the result of another on
// the same connection.
async function mixed() {
  const client = open();
  const failed = new Promise((resolve, reject) => client.onUpdate("messages:broken", {}, reject, (e) => resolve(e.message)));
  const searched = new Promise((resolve, reject) => client.onUpdate("messages:search", { text: "ü" }, resolve, reject));
  const both = { failed: (await failed).replace(/Request ID: \w+/, "Request ID: …"), searched: await searched };
  await client.close();
  return both;
}

process.stdout.write(
  JSON.stringify({ good: await authenticated(good), bad: await authenticated(bad), followed: await followed(), mixed: await mixed() }),
);
