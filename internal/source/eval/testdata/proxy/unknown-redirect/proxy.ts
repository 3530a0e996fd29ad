import { authkitMiddleware } from "@workos-inc/authkit-nextjs";
import { siteUrl } from "@vendor/site";
export default authkitMiddleware({ redirectUri: `${siteUrl()}/callback` });
