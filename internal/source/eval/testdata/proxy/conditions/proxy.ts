import { authkitProxy } from "@workos-inc/authkit-nextjs";
export default authkitProxy({ redirectUri: "https://app.example.com/callback" });
export const config = {
  matcher: [
    "/dashboard/:path*",
    { source: "/((?!api).*)", missing: [{ type: "header", key: "next-router-prefetch" }, { type: "header", key: "purpose", value: "prefetch" }] },
  ],
};
