// Package testbed measures the gate against real programs: a Next.js
// application with AuthKit, built and started as on Vercel, and WorkOS' own
// emulator. The sandbox stands before and beside them for what cannot be had:
// Vercel's edge and API, WorkOS' registry of clients and redirect URIs, Convex
// and GitHub.
//
// The gate is the real command in a process of its own. It, the application
// and the stand-ins meet over TLS under their real names; see [BuildGate] for
// how these lead to loopback.
package testbed
