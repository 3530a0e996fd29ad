import { authkitMiddleware } from '@workos-inc/authkit-nextjs';

const host =
  process.env.VERCEL_ENV === 'production' ? process.env.VERCEL_PROJECT_PRODUCTION_URL : process.env.VERCEL_URL;

export default authkitMiddleware({
  eagerAuth: true,
  redirectUri: `https://${host}/callback`,
  middlewareAuth: { enabled: true, unauthenticatedPaths: ['/', '/sign-in', '/sign-out'] },
});

export const config = {
  matcher: [
    '/((?!_next|sign-in|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    '/(api|trpc)(.*)',
  ],
};
