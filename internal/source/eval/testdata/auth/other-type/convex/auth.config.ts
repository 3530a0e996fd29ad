export default { providers: [{ type: "saml", issuer: "https://auth.example.com" }] };
