// Package githubspec holds requests to GitHub, and the answers of stand-ins for it, to GitHub's own description of its
// API. It is for tests: nothing of it gets into a release.
//
// # Where the description comes from
//
// spec.json is cut from GitHub's OpenAPI description as the npm package @octokit/openapi carries it (MIT, see
// LICENSE.octokit). It has the operations that previewgate uses and every schema that they refer to, translated to
// JSON Schema; "go run ./internal/githubspec/cut" renews it. What the description states in words only is added there,
// page sizes and lengths, and so are limits that nothing but GitHub's refusals tell.
//
// # What is held to it
//
// Of a request: method and path, every parameter, the body. A parameter or a property that is not described is an
// error, since GitHub takes no notice of a misspelt one. Of an answer: the types and values of the properties that are
// there. One that GitHub does not send is an error; one that is missing is none.
//
// # What is not
//
// POST /graphql is another API with a description of its own: it passes unseen. Whether a token may do what it asks,
// and anything that depends on what GitHub has stored, no description tells.
package githubspec
