import { authkitMiddleware } from "@workos-inc/authkit-nextjs";
import { env } from "@/lib/env";
export default authkitMiddleware({ redirectUri: env.REDIRECT });
