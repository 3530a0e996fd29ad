export function workos(id: string) {
  return ["", "user_management/" + id].map((path) => ({
    type: "customJwt" as const, issuer: "https://api.workos.com/" + path, algorithm: "RS256" as const,
    jwks: new URL("/sso/jwks/" + id, "https://api.workos.com").href, ...(path ? {} : { applicationID: id }),
  }));
}
