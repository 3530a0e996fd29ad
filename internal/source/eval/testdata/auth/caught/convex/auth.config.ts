let domain = "auth.example.com";
try { domain = process.env.AUTH_DOMAIN!; } catch {}
const preview = "PREVIEW" in process.env || Object.keys(process.env).length > 0;
export default { providers: [{ domain, applicationID: preview ? "preview" : "convex" }] };
