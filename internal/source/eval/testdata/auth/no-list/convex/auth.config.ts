export default { providers: {} };
