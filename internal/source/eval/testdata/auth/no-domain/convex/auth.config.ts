export default {
  providers: [{ domain: process.env.CLERK, applicationID: "convex" }],
};
