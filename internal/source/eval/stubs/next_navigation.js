const stop = (what) => () => { throw new Error("NEXT_" + what); };
module.exports = Object.setPrototypeOf(
  { __esModule: true, redirect: stop("REDIRECT"), permanentRedirect: stop("REDIRECT"), notFound: stop("NOT_FOUND") },
  globalThis.__previewgate.unknown("next/navigation"),
);
