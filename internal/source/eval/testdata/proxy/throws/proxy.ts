import { authkitProxy } from "@workos-inc/authkit-nextjs";
if (!process.env.SITE) {
  throw new Error("SITE is not set");
}
export default authkitProxy();
