// Requests and responses as a Next.js proxy sees them, and the one function
// that the gate calls: visit.
(() => {
  const { URL, Headers, Request, Response, JSON } = globalThis;

  class Cookies {
    #map = new Map();
    #written = null;
    constructor(header, written = null) {
      for (const pair of (header ?? "").split(";")) {
        const at = pair.indexOf("=");
        if (at > 0) this.#map.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
      }
      this.#written = written;
    }
    get size() { return this.#map.size; }
    get(name) { const key = name?.name ?? name; return this.#map.has(key) ? { name: key, value: this.#map.get(key) } : undefined; }
    getAll() { return [...this.#map].map(([name, value]) => ({ name, value })); }
    has(name) { return this.#map.has(name); }
    set(name, value) {
      const cookie = typeof name === "object" ? name : { name, value };
      this.#map.set(cookie.name, String(cookie.value));
      this.#written?.append("set-cookie", cookie.name + "=" + cookie.value);
      return this;
    }
    delete(name) { this.#written?.append("set-cookie", (name?.name ?? name) + "=; Max-Age=0"); return this.#map.delete(name?.name ?? name); }
    clear() { this.#map.clear(); return this; }
    [Symbol.iterator]() { return this.#map.entries(); }
  }

  class NextURL extends URL {
    basePath = "";
    locale = "";
    defaultLocale = undefined;
    buildId = undefined;
    clone() { return new NextURL(this.href); }
  }

  class NextRequest extends Request {
    constructor(input, init) {
      super(input, init);
      this.nextUrl = new NextURL(this.url);
      this.cookies = new Cookies(this.headers.get("cookie"));
    }
    clone() { return new NextRequest(this); }
  }

  class NextResponse extends Response {
    constructor(body, init) {
      super(body, init);
      this.cookies = new Cookies("", this.headers);
    }
    static next(init = {}) {
      const response = new NextResponse(null, init);
      response.headers.set("x-middleware-next", "1");
      return response;
    }
    static rewrite(url, init = {}) {
      const response = new NextResponse(null, init);
      response.headers.set("x-middleware-rewrite", new URL(url).href);
      return response;
    }
    static redirect(url, init = 307) {
      const response = new NextResponse(null, typeof init === "number" ? { status: init } : { status: 307, ...init });
      response.headers.set("location", new URL(url).href);
      return response;
    }
    static json(value, init) { return new NextResponse(JSON.stringify(value), init); }
  }

  const describe = (response) => {
    if (globalThis.__previewgate.isUnknown(response)) return { kind: "unknown" };
    if (response === undefined || response === null) return { kind: "none" };
    const headers = response.headers;
    const location = headers?.get?.("location") ?? "";
    if (location && response.status >= 300 && response.status < 400) return { kind: "redirect", status: response.status, location };
    const rewrite = headers?.get?.("x-middleware-rewrite");
    if (rewrite) return { kind: "rewrite", location: rewrite };
    if (headers?.get?.("x-middleware-next")) return { kind: "next" };
    return { kind: "response", status: Number(response.status) || 0 };
  };

  const event = { waitUntil() {}, passThroughOnException() {}, sourcePage: "/" };
  const next = {
    NextRequest, NextResponse, NextURL, Cookies,
    visit: async (handler, url, headers) =>
      JSON.stringify(describe(await handler(new NextRequest(url, { headers: JSON.parse(headers) }), event))),
  };
  Object.defineProperty(globalThis, "__previewgate_next", { value: Object.freeze(next) });
})();
