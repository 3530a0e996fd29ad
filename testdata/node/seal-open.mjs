// Opens seals with iron-session: {"password", "sealed": […]} comes in, and the
// list of what was in them goes out. What iron-session refuses is {}.
import { unsealData } from "iron-session";
import { json } from "node:stream/consumers";

const { password, sealed } = await json(process.stdin);
const opened = [];
for (const one of sealed) opened.push(await unsealData(one, { password, ttl: 0 }));
process.stdout.write(JSON.stringify(opened));
