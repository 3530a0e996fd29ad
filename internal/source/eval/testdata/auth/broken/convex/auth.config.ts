export default { providers: [ };
