// Package gate is the vocabulary of previewgate and the engine that runs it.
//
// A [Fact] is one thing to learn about a [Target]. A [Check] is one question
// with a pure function that answers it from facts. [Run] learns every fact
// that the checks need, each once and all in parallel as far as their own
// needs allow, judges the checks in order, and returns a [Report]. A failed
// check that no other failed check explains becomes a [Diagnosis].
//
// The package knows no vendor and does no input or output. It imports the
// standard library only.
package gate
