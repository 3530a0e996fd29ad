export default {
  providers: [{ domain: process.env.AUTH_DOMAIN ?? "auth.example.com", applicationID: process.env.APP_ID || "convex" }],
};
