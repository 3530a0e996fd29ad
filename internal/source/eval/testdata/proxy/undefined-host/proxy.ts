import { authkitProxy } from "@workos-inc/authkit-nextjs";
export default authkitProxy({ redirectUri: `https://${process.env.SITE_HOST}/callback` });
