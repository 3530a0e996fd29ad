import { authkitProxy } from "@workos-inc/authkit-nextjs";
import { NextResponse, type NextRequest } from "next/server";
const auth = process.env.WORKOS_API_KEY ? authkitProxy() : null;
export default (request: NextRequest) => (auth ? auth(request) : NextResponse.next());
