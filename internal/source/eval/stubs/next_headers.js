const { Cookies } = globalThis.__previewgate_next ?? {};
module.exports = Object.setPrototypeOf(
  { __esModule: true, cookies: async () => new Cookies(""), headers: async () => new Headers(), draftMode: async () => ({ isEnabled: false }) },
  globalThis.__previewgate.unknown("next/headers"),
);
