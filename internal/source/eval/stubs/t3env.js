// createEnv reads every variable that its schemas name, from runtimeEnv or from
// process.env, and answers with what the schemas make of them.
const createEnv = (options) => {
  const runtime = options.runtimeEnv ?? options.runtimeEnvStrict ?? { ...options.experimental__runtimeEnv };
  const out = {};
  for (const part of [options.server, options.client, options.shared]) {
    for (const [name, schema] of Object.entries(part ?? {})) {
      const given = name in runtime ? runtime[name] : process.env[name];
      const value = options.emptyStringAsUndefined && given === "" ? undefined : given;
      out[name] = schema?.read ? schema.read(value) : value;
    }
  }
  for (const preset of options.extends ?? []) Object.assign(out, preset);
  return out;
};
module.exports = Object.setPrototypeOf({ __esModule: true, createEnv, vercel: () => ({}) }, globalThis.__previewgate.unknown("@t3-oss/env"));
