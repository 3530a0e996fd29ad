import { authkitMiddleware } from "@workos-inc/authkit-nextjs";
import createMiddleware from "next-intl/middleware";
import { withAxiom } from "next-axiom";
import { flag } from "@vercel/flags";
import { prisma } from "@/lib/db";
const intl = createMiddleware({ locales: ["en"], defaultLocale: "en" });
const auth = authkitMiddleware({ redirectUri: "https://" + process.env.VERCEL_BRANCH_URL + "/callback" });
export default withAxiom(async (request) => {
  if (request.nextUrl.pathname === "/") return intl(request);
  const response = await auth(request);
  response.headers.set("x-flag", String(flag("x")));
  response.cookies.set("seen", "1");
  return response;
});
export const config = {
  matcher: ["/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)"],
};
