export default {
  providers: [
    {
      domain: "https://auth.example.com",
      applicationId: "convex",
    },
  ],
};
