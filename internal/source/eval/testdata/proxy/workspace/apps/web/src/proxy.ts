import { createProxy } from "@acme/auth/proxy";
export default createProxy("/callback");
export const config = {
  matcher: ["/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)"],
};
