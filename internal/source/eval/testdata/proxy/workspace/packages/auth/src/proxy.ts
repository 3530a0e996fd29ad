import { authkitProxy } from "@workos-inc/authkit-nextjs";
export const createProxy = (path: string) => authkitProxy({ redirectUri: "https://" + process.env.VERCEL_BRANCH_URL + path });
