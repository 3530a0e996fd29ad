import { authkitMiddleware } from "@workos-inc/authkit-nextjs";

const redirectUri =
  process.env.VERCEL_ENV === "preview"
    ? `https://${process.env.VERCEL_BRANCH_URL}/callback`
    : process.env.NEXT_PUBLIC_WORKOS_REDIRECT_URI;

export default authkitMiddleware({
  redirectUri,
  middlewareAuth: { enabled: true, unauthenticatedPaths: ["/", "/sign-in", "/docs/:path*"] },
});
export const config = {
  matcher: ["/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)"],
};
