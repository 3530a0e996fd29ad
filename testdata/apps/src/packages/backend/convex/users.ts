import { queryGeneric } from 'convex/server';

/** Who Convex takes the caller for; null: nobody. */
export const viewer = queryGeneric({
  args: {},
  handler: async (ctx) => await ctx.auth.getUserIdentity(),
});
