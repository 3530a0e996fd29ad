import { authkitProxy } from "@workos-inc/authkit-nextjs";
const paths = ["/a", "/b"];
export default authkitProxy({ redirectUri: "https://app.example.com/callback" });
export const config = { matcher: paths };
