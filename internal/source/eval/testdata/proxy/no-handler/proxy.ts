export const config = { matcher: "/" };
export function middleware() {}
