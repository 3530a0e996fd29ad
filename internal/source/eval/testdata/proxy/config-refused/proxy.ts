import { authkitProxy } from "@workos-inc/authkit-nextjs";
export default authkitProxy({ redirectUri: "https://app.example.com/callback" });
export const config = { matcher: ["/ok", "/(unbalanced"] };
