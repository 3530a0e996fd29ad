// Package eval tells what the files of an app that decide about authentication
// mean: auth.config as Convex evaluates it, convex.json as Convex' command line
// reads it, and the proxy of a Next.js app as it handles requests.
//
// The functions that take a context run their part in a cage, so that whatever
// the sources do ends in a result or in a *cage.Inconclusive. A program that
// calls them has to register [Handlers] with cage.Main.
package eval

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/js"
)

// The kinds of jobs.
const (
	kindAuthConfig = "auth.config"
	kindProxy      = "proxy"
)

// Handlers are the jobs of this package, for cage.Main.
func Handlers() map[string]cage.Handler {
	return map[string]cage.Handler{
		kindAuthConfig: handle(authConfig),
		kindProxy:      handle(proxy),
	}
}

// handle makes a handler of a function on decoded input.
func handle[In, Out any](f func(js.Files, In) (Out, error)) cage.Handler {
	return func(job cage.Job) (any, error) {
		var in In
		if err := json.Unmarshal(job.Input, &in); err != nil {
			return nil, err
		}
		return f(js.Files(job.Files), in)
	}
}

// refused tells an error of the source, which is returned, from a bound of
// ours, of which nothing follows.
func refused(err error) (*js.SyntaxError, error) {
	syntax, ok := errors.AsType[*js.SyntaxError](err)
	switch {
	case !ok:
		return nil, err
	case syntax.Ours:
		return nil, &cage.Inconclusive{Reason: "could not read " + syntax.Error()}
	}
	return syntax, nil
}

// caged runs a job on what the entry reaches, and decodes its result.
func caged[Out any](ctx context.Context, kind, entry string, in any, fsys fs.FS) (*Out, error) {
	input, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	files := js.Gather(fsys, []string{entry}, stubs())
	result, err := cage.Run(ctx, cage.Job{Kind: kind, Input: input, Files: files})
	if err != nil {
		return nil, err
	}
	out := new(Out)
	return out, json.Unmarshal(result, out)
}
