export default { providers: [{ domain: "a.example.com", applicationID: crypto.randomUUID() }] };
