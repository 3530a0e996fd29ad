const id = process.env.WORKOS_CLIENT_ID;
if (!id) {
  throw new Error("Set WORKOS_CLIENT_ID on the deployment");
}
export default { providers: [{ type: "customJwt", issuer: `https://api.workos.com/user_management/${id}`, jwks: `https://api.workos.com/sso/jwks/${id}`, algorithm: "RS256" }] };
