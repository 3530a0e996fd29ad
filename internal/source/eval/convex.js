// What Convex refuses while it evaluates an auth.config.
(() => {
  const refuse = (message) => () => { throw new Error(message); };
  const original = globalThis.Date;
  function Date(...args) {
    if (!(this instanceof Date)) return new Date().toString();
    if (args.length === 0) Date.now();
    if (args.length === 1 && args[0] instanceof original) return new original(args[0]);
    if (args.some((arg) => typeof arg !== "number")) {
      throw new Error("`new Date()` with non-number arguments is not supported.");
    }
    return new original(...args);
  }
  Date.now = refuse("Date unsupported when evaluating auth config file");
  Date.parse = original.parse;
  Date.UTC = original.UTC;
  Date.prototype = original.prototype;
  Date.prototype.constructor = Date;
  globalThis.Date = Date;
  Math.random = refuse("Math.random unsupported when evaluating auth config file");
  const random = refuse("Cannot use cryptographic randomness when evaluating auth config file");
  globalThis.crypto = { randomUUID: random, getRandomValues: random, subtle: globalThis.crypto.subtle };
  globalThis.fetch = async (url) => { throw new Error("fetch unsupported while evaluating auth config file"); };
  globalThis.setTimeout = globalThis.setInterval = refuse("setTimeout unsupported while evaluating auth config file");
  delete globalThis.setImmediate;
  delete globalThis.global;
})();
