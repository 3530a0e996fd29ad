import { authkitProxy } from "@workos-inc/authkit-nextjs";
export default authkitProxy({ redirectUri: "https://app.example.com/callback", middlewareAuth: { enabled: true, unauthenticatedPaths: ["/auth/*"] } });
