export default { providers: [{ domain: "a.example.com", applicationID: String(Math.random()) }] };
