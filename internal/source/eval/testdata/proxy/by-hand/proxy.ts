import { authkit, handleAuthkitHeaders } from "@workos-inc/authkit-nextjs";
import { NextRequest, NextResponse } from "next/server";

export default async function proxy(request: NextRequest) {
  const { session, headers, authorizationUrl } = await authkit(request, { redirectUri: `${origin(request)}/callback` });
  const open = ["/", "/callback"].includes(request.nextUrl.pathname);
  if (!session.user && !open && authorizationUrl) {
    return NextResponse.redirect(authorizationUrl);
  }
  return handleAuthkitHeaders(request, headers);
}

function origin(request: NextRequest) {
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  const proto = request.headers.get("x-forwarded-proto") ?? "https";
  return host ? `${proto}://${host}` : request.nextUrl.origin;
}
export const config = {
  matcher: ["/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)"],
};
