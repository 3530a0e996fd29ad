import { authkitMiddleware } from "@workos-inc/authkit-nextjs";
import { env } from "@/env";
export default authkitMiddleware({ redirectUri: env.NEXT_PUBLIC_SITE + "/callback" });
