import { authkitMiddleware } from "@workos-inc/authkit-nextjs";
import type { NextFetchEvent, NextRequest } from "next/server";
export function middleware(request: NextRequest, event: NextFetchEvent) {
  const callback = new URL("/callback", request.url);
  callback.search = "";
  return authkitMiddleware({ redirectUri: callback.toString() })(request, event);
}
