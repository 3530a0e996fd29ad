// @workos-inc/authkit-nextjs from version 2 on, for a visitor without a
// session, and without its network. What it is given is recorded.
const host = globalThis.__previewgate;
const next = globalThis.__previewgate_next ?? {};
const variable = "NEXT_PUBLIC_WORKOS_REDIRECT_URI";

// effective is the redirect URI that counts: an empty one is none.
const effective = (given) => given || process.env[variable] || "";

const authorize = (redirectUri) =>
  "https://api.workos.com/user_management/authorize?" + new URLSearchParams({ redirect_uri: String(redirectUri) });

const authkitProxy = (options = {}) => async (request) => {
  const { middlewareAuth = { enabled: false, unauthenticatedPaths: [] }, signUpPaths = [] } = options;
  const redirectUri = effective(options.redirectUri);
  host.record("proxy", options.redirectUri, redirectUri, middlewareAuth, signUpPaths);
  if (!redirectUri) {
    throw new Error("You must provide a redirect URI in the AuthKit middleware or in the environment variables.");
  }
  const callback = new URL(redirectUri).pathname;
  const path = request.nextUrl.pathname;
  const open = path === callback || middlewareAuth.unauthenticatedPaths.filter((glob) => host.matches(glob, path)).length > 0;
  if (middlewareAuth.enabled && !open) return next.NextResponse.redirect(authorize(redirectUri));
  return next.NextResponse.next();
};

const authkit = async (request, options = {}) => {
  const redirectUri = effective(options.redirectUri);
  host.record("authkit", options.redirectUri, redirectUri, undefined, undefined);
  const headers = new Headers({ "x-workos-middleware": "true", "x-url": request.url });
  if (options.redirectUri) headers.set("x-redirect-uri", options.redirectUri);
  return { session: { user: null }, headers, authorizationUrl: authorize(redirectUri) };
};

const handleAuthkitProxy = (request, headers, options = {}) =>
  options.redirect ? next.NextResponse.redirect(new URL(options.redirect, request.url), options.redirectStatus ?? 307) : next.NextResponse.next({ headers });

module.exports = Object.setPrototypeOf({
  __esModule: true,
  authkitProxy, authkitMiddleware: authkitProxy, authkit,
  handleAuthkitProxy, handleAuthkitHeaders: handleAuthkitProxy,
  partitionAuthkitHeaders: (request, headers) => ({ requestHeaders: new Headers(headers), responseHeaders: new Headers() }),
  applyResponseHeaders: (response) => response,
  isAuthkitRequestHeader: (name) => String(name).toLowerCase().startsWith("x-workos-"),
  withAuth: async () => ({ user: null }),
  getSession: async () => undefined,
  refreshSession: async () => ({ user: null }),
  getSignInUrl: async () => authorize(effective()),
  getSignUpUrl: async () => authorize(effective()),
  signOut: async () => {},
  saveSession: async () => {},
}, host.unknown("@workos-inc/authkit-nextjs"));
