export default { providers: [{ issuer: "https://auth.example.com", applicationID: "x" }] };
