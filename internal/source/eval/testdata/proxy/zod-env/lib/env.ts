import { z } from "zod/v4";
const schema = z.object({
  MODE: z.enum(["development", "production"]).default("production"),
  REDIRECT: z.url().optional().transform((value) => value ?? `https://${process.env.VERCEL_URL}/callback`),
});
const parsed = schema.safeParse(process.env);
if (!parsed.success) throw new Error("bad environment");
export const env = parsed.data;
