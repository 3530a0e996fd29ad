const at = Date.now();
export default { providers: [], at };
