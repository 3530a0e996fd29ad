export default { providers: [{ domain: "https://auth.example.com", applicationID: process.env.APP }], extra: { allowed: true } };
