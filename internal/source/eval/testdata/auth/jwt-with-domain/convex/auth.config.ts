export default { providers: [{ type: "customJwt", domain: "auth.example.com", jwks: "x", algorithm: "RS256" }] };
