// Package sandbox stands in for everything a preview's sign-in depends on: a
// Next.js application with AuthKit on Vercel, WorkOS, Convex, and the APIs of
// Vercel and GitHub.
//
// A [World] describes the whole state as plain data. [Start] serves it over
// real sockets, each stand-in under its real name, and every answer follows
// from the World alone: what is broken is data, never a branch in a handler.
// [Faults] and [Variants] are small changes to a World.
package sandbox
