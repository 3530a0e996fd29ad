// What a server's runtime has beside the language, as far as code about
// authentication uses it. It runs before any foreign code.
(() => {
  const host = globalThis.__previewgate;
  const { defineProperty, fromEntries, entries, freeze } = Object;

  class URLSearchParams {
    #list = [];
    #changed = null;
    constructor(init = "", changed = null) {
      if (typeof init === "string") {
        const text = init.startsWith("?") ? init.slice(1) : init;
        for (const pair of text.split("&")) {
          if (!pair) continue;
          const at = pair.indexOf("=");
          const [key, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
          this.#list.push([decode(key), decode(value)]);
        }
      } else if (init && typeof init[Symbol.iterator] === "function") {
        for (const [key, value] of init) this.#list.push([String(key), String(value)]);
      } else {
        for (const [key, value] of entries(init ?? {})) this.#list.push([key, String(value)]);
      }
      this.#changed = changed;
    }
    #notify() { if (typeof this.#changed === "function") this.#changed(this.toString()); }
    get size() { return this.#list.length; }
    get(key) { return this.#list.find(([k]) => k === String(key))?.[1] ?? null; }
    getAll(key) { return this.#list.filter(([k]) => k === String(key)).map(([, v]) => v); }
    has(key) { return this.#list.some(([k]) => k === String(key)); }
    append(key, value) { this.#list.push([String(key), String(value)]); this.#notify(); }
    delete(key) { this.#list = this.#list.filter(([k]) => k !== String(key)); this.#notify(); }
    set(key, value) {
      const found = this.#list.find(([k]) => k === String(key));
      if (!found) return this.append(key, value);
      this.#list = this.#list.filter((pair) => pair === found || pair[0] !== String(key));
      found[1] = String(value);
      this.#notify();
    }
    sort() { this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#notify(); }
    forEach(f) { for (const [key, value] of this.#list) f(value, key, this); }
    keys() { return this.#list.map(([k]) => k)[Symbol.iterator](); }
    values() { return this.#list.map(([, v]) => v)[Symbol.iterator](); }
    entries() { return this.#list.map((pair) => [...pair])[Symbol.iterator](); }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#list.map(([k, v]) => encode(k) + "=" + encode(v)).join("&"); }
  }
  const decode = (text) => {
    try { return decodeURIComponent(text.replaceAll("+", " ")); } catch { return text; }
  };
  const encode = (text) => encodeURIComponent(text).replace(/[!'()~]/g, (c) =>
    "%" + c.charCodeAt(0).toString(16).toUpperCase()).replaceAll("%20", "+");

  class URL {
    #parts;
    #params = null;
    constructor(url, base) {
      this.#parts = host.parseURL(String(url), base === undefined ? undefined : String(base));
      if (!this.#parts) throw new TypeError("Invalid URL");
    }
    static canParse(url, base) { return host.parseURL(String(url), base === undefined ? undefined : String(base)) !== null; }
    static parse(url, base) { return URL.canParse(url, base) ? new URL(url, base) : null; }
    #set(part, value) { this.#parts = host.setURL(this.#parts.href, part, String(value)) ?? this.#parts; }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.#parts.search, (text) => this.#set("search", text)));
    }
    get href() { return this.#parts.href; }
    set href(value) { this.#parts = new URL(value).#parts; this.#params = null; }
    get origin() { return this.#parts.origin; }
    static {
      for (const part of ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]) {
        defineProperty(URL.prototype, part, {
          get() { return this.#parts[part]; },
          set(value) { this.#set(part, value); if (part === "search") this.#params = null; },
          enumerable: true, configurable: true,
        });
      }
    }
    toString() { return this.#parts.href; }
    toJSON() { return this.#parts.href; }
  }

  class Headers {
    #map = new Map();
    constructor(init) {
      if (!init) return;
      const pairs = typeof init[Symbol.iterator] === "function" ? init : entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    get(name) { return this.#map.get(String(name).toLowerCase())?.join(", ") ?? null; }
    getSetCookie() { return [...(this.#map.get("set-cookie") ?? [])]; }
    has(name) { return this.#map.has(String(name).toLowerCase()); }
    set(name, value) { this.#map.set(String(name).toLowerCase(), [String(value)]); }
    append(name, value) {
      const key = String(name).toLowerCase();
      this.#map.set(key, [...(this.#map.get(key) ?? []), String(value)]);
    }
    delete(name) { this.#map.delete(String(name).toLowerCase()); }
    forEach(f) { for (const [name, value] of this) f(value, name, this); }
    keys() { return [...this].map(([name]) => name)[Symbol.iterator](); }
    values() { return [...this].map(([, value]) => value)[Symbol.iterator](); }
    entries() { return [...this.#map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, v.join(", ")])[Symbol.iterator](); }
    [Symbol.iterator]() { return this.entries(); }
  }

  class Body {
    #body;
    constructor(body) { this.#body = body ?? ""; }
    async text() { return String(this.#body); }
    async json() { return JSON.parse(String(this.#body)); }
    get body() { return null; }
  }

  class Request extends Body {
    constructor(input, init = {}) {
      super(init.body);
      this.url = new URL(input?.url ?? input).href;
      this.method = String(init.method ?? input?.method ?? "GET").toUpperCase();
      this.headers = new Headers(init.headers ?? input?.headers);
    }
    clone() { return new Request(this); }
  }

  class Response extends Body {
    constructor(body, init = {}) {
      super(body);
      this.status = init.status ?? 200;
      this.statusText = init.statusText ?? "";
      this.headers = new Headers(init.headers);
    }
    get ok() { return this.status >= 200 && this.status < 300; }
    static json(value, init) { return new Response(JSON.stringify(value), init); }
    static redirect(url, status = 302) { return new Response(null, { status, headers: { location: new URL(url).href } }); }
    static error() { return new Response(null, { status: 0 }); }
  }

  const nothing = () => {};
  const timer = (f, ms, ...args) => { host.later(() => f(...args)); return 0; };
  const console = fromEntries(["log", "info", "warn", "error", "debug", "trace", "table", "group", "groupEnd", "time", "timeEnd", "assert", "dir"].map((name) => [name, nothing]));
  const global = {
    URL, URLSearchParams, Headers, Request, Response, console,
    process: { env: host.env },
    self: globalThis, global: globalThis,
    setTimeout: timer, setImmediate: (f, ...args) => timer(f, 0, ...args), setInterval: () => 0,
    clearTimeout: nothing, clearInterval: nothing, clearImmediate: nothing,
    queueMicrotask: (f) => { Promise.resolve().then(f); },
    structuredClone: (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value))),
    fetch: async () => { host.touched("fetch"); throw new TypeError("fetch failed"); },
    crypto: { randomUUID: () => "00000000-0000-4000-8000-000000000000", getRandomValues: (a) => a.fill?.(7) ?? a, subtle: host.value("crypto.subtle") },
    performance: { now: () => 0, timeOrigin: 0 },
    TextEncoder: class { encode(text = "") { return Uint8Array.from(unescape(encodeURIComponent(text)), (c) => c.charCodeAt(0)); } },
    TextDecoder: class { decode(bytes = []) { return decodeURIComponent(escape(String.fromCharCode(...new Uint8Array(bytes.buffer ?? bytes)))); } },
    AbortController: class { signal = { aborted: false, addEventListener: nothing, removeEventListener: nothing }; abort() { this.signal.aborted = true; } },
    btoa: host.btoa, atob: host.atob,
  };
  for (const [name, value] of entries(global)) {
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  freeze(host);
})();
