const { domain } = JSON.parse(process.env.AUTH);
export default { providers: [{ domain, applicationID: "convex" }] };
