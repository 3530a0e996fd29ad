import { authkitProxy } from "@workos-inc/authkit-nextjs";
const base = process.env.APP_URL || "http://localhost:3000";
export default authkitProxy({ redirectUri: `${base}/callback` });
