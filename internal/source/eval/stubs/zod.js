// Schemas that let values through: whether a value is a good one is for the app
// to say, what becomes of it is what matters here.
const host = globalThis.__previewgate;
const isUnset = (value) => value === undefined || value === "";

const schema = (read) => {
  const s = {
    read,
    parse: (value) => read(value),
    parseAsync: async (value) => read(value),
    safeParse: (value) => {
      try { return { success: true, data: read(value) }; } catch (error) { return { success: false, error }; }
    },
    safeParseAsync: async (value) => s.safeParse(value),
    default: (other) => schema((value) => (value === undefined ? (typeof other === "function" ? other() : other) : read(value))),
    prefault: (other) => s.default(other),
    catch: (other) => schema((value) => (isUnset(value) ? other : read(value))),
    transform: (f) => schema((value) => f(read(value), { addIssue() {} })),
    pipe: (other) => schema((value) => other.read(read(value))),
    optional: () => schema((value) => (value === undefined ? undefined : read(value))),
    nullable: () => schema((value) => (value === null ? null : read(value))),
    extend: (shape) => object({ ...s.shape, ...shape }),
    merge: (other) => object({ ...s.shape, ...other.shape }),
    partial: () => object(s.shape ?? {}),
    pick: (keys) => object(Object.fromEntries(Object.entries(s.shape ?? {}).filter(([key]) => keys[key]))),
    omit: (keys) => object(Object.fromEntries(Object.entries(s.shape ?? {}).filter(([key]) => !keys[key]))),
  };
  // What only judges, as min and regex, returns the schema itself.
  return new Proxy(s, { get: (target, key, self) => (key in target || typeof key === "symbol" ? target[key] : () => self) });
};
const object = (shape) => {
  const s = schema((value) => {
    const out = {};
    for (const [key, one] of Object.entries(shape)) out[key] = one.read(value?.[key]);
    return out;
  });
  s.shape = shape;
  return s;
};
const same = () => schema((value) => value);
const z = {
  object, strictObject: object, looseObject: object,
  enum: (options) => Object.assign(same(), { options }),
  literal: same, union: same, array: same, record: same, any: same, unknown: same, string: same, url: same, email: same, nativeEnum: same,
  number: same, boolean: same,
  preprocess: (f, other) => schema((value) => other.read(f(value))),
  coerce: {
    string: () => schema((value) => String(value)), number: () => schema((value) => Number(value)),
    boolean: () => schema((value) => Boolean(value)), date: same, bigint: same,
  },
  stringbool: () => schema((value) => ["true", "1", "yes", "on"].includes(String(value).toLowerCase())),
  ZodError: class ZodError extends Error {},
};
const all = Object.setPrototypeOf({ __esModule: true, ...z, z, default: z }, host.unknown("zod"));
Object.setPrototypeOf(z, host.unknown("zod"));
module.exports = all;
