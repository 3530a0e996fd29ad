module.exports = { providers: [{ domain: "https://auth.example.com", applicationID: "convex" }] };
