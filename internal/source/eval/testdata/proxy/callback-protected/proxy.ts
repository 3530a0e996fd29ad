import { authkitProxy } from "@workos-inc/authkit-nextjs";
export const proxy = authkitProxy({ redirectUri: "https://app.example.com/auth/callback", middlewareAuth: { enabled: true, unauthenticatedPaths: [] } });
export const config = { matcher: "/((?!_next).*)" };
