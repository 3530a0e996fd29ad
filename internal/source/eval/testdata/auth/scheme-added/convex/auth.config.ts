export default { providers: [
  { domain: "auth.example.com", applicationID: "convex" },
  { domain: "http://localhost:3210", applicationID: "convex" },
  { domain: "ftp://auth.example.com", applicationID: "convex" },
] };
