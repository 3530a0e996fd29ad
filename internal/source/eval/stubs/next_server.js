const { NextRequest, NextResponse, NextURL } = globalThis.__previewgate_next ?? {};
const userAgent = () => ({ isBot: false, ua: "", browser: {}, device: {}, engine: {}, os: {}, cpu: {} });
module.exports = Object.setPrototypeOf(
  { __esModule: true, NextRequest, NextResponse, NextURL, userAgent, after() {}, connection: async () => {} },
  globalThis.__previewgate.unknown("next/server"),
);
