const google = process.env.GOOGLE ? [{ domain: "https://accounts.google.com", applicationID: process.env.GOOGLE }] : [];
export default { providers: [...google, { domain: "https://appleid.apple.com", applicationID: "com.example.app" }] };
