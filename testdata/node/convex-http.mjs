// Drives ConvexHttpClient: {"url", "good", "bad"} comes in, two tokens being
// the last; what the client returned or threw goes out, by question.
import { ConvexHttpClient } from "convex/browser";
import { json } from "node:stream/consumers";

const { url, good, bad } = await json(process.stdin);

async function ask(token, path, args = {}) {
  const client = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false, ...(token && { auth: token }) });
  try {
    return { returned: await client.query(path, args) };
  } catch (error) {
    return { threw: error.message.replace(/Request ID: \w+/, "Request ID: …") };
  }
}

process.stdout.write(
  JSON.stringify({
    anonymous: await ask(null, "users:viewer"),
    accepted: await ask(good, "users:viewer"),
    refused: await ask(bad, "users:viewer"),
    arguments: await ask(null, "messages:search", { text: "ü", limit: 2 }),
    exception: await ask(null, "messages:broken"),
    internal: await ask(good, "jobs:tally"),
    unknown: await ask(null, "nobody:home"),
  }),
);
