export default { providers: [{ type: "customJwt", issuer: "https://auth.example.com", algorithm: "RS256" }] };
