package eval

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/url"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/match"
)

// A Proxy is what a proxy.ts or middleware.ts does.
type Proxy struct {
	Entry    string      `json:"entry"`
	Handler  string      `json:"handler"` // the export that Next.js calls; empty when there is none
	Config   Config      `json:"config"`
	Visits   []Visit     `json:"visits,omitempty"`  // one a request, in order
	Reads    []string    `json:"reads,omitempty"`   // variables, in the order of their first read
	Unknown  []string    `json:"unknown,omitempty"` // what was done with values of packages that are not here
	Problem  string      `json:"problem,omitempty"` // what stops Next.js, or the module
	Position js.Position `json:"position,omitzero"` // of Problem
}

// Config is the config that a proxy exports.
type Config struct {
	Matchers []SourceMatcher `json:"matchers,omitempty"` // none: the proxy runs everywhere
	Static   bool            `json:"static"`             // written as a literal, as Next.js demands
	Position js.Position     `json:"position,omitzero"`  // of the matcher, or the config
	Problem  string          `json:"problem,omitempty"`  // why Next.js refuses it
}

// A SourceMatcher is a matcher and where it stands.
type SourceMatcher struct {
	match.Matcher
	Position js.Position `json:"position,omitzero"`
}

// Runs says whether the proxy runs for a plain request of a path.
func (c Config) Runs(path string) (bool, error) {
	return c.runs(match.Request{URL: &url.URL{Path: path}})
}

func (c Config) runs(r match.Request) (bool, error) {
	matchers := make([]match.Matcher, len(c.Matchers))
	for i, m := range c.Matchers {
		matchers[i] = m.Matcher
	}
	compiled, err := match.Next(matchers)
	if err != nil {
		return false, err
	}
	return compiled.Runs(r)
}

// A Request is one that the proxy is asked to handle. Host, X-Forwarded-Host
// and X-Forwarded-Proto follow from the URL unless Header has them.
type Request struct {
	URL    string            `json:"url"` // absolute
	Header map[string]string `json:"header,omitempty"`
}

// A Visit is what became of a request.
type Visit struct {
	URL      string      `json:"url"`
	Runs     bool        `json:"runs"` // otherwise the proxy was not asked
	Calls    []Call      `json:"calls,omitempty"`
	Response Response    `json:"response,omitzero"`
	Unknown  []string    `json:"unknown,omitempty"` // what the handler did with unknown values
	Error    string      `json:"error,omitempty"`   // what the handler threw; doubtful where Unknown is not empty
	Position js.Position `json:"position,omitzero"` // of Error
}

// A Response is a proxy's answer.
type Response struct {
	Kind     string `json:"kind"` // next, redirect, rewrite, response, none or unknown
	Status   int    `json:"status,omitempty"`
	Location string `json:"location,omitempty"`
}

// A Call is one of AuthKit, with what decides about the redirect.
type Call struct {
	Via                  string   `json:"via"` // proxy: authkitProxy or authkitMiddleware; authkit
	RedirectURI          string   `json:"redirectUri"`
	Given                bool     `json:"given"`             // by the app; else by NEXT_PUBLIC_WORKOS_REDIRECT_URI
	Unknown              string   `json:"unknown,omitempty"` // how an unknown value came to be the redirect URI
	From                 []string `json:"from,omitempty"`    // set variables that the redirect URI is made of
	Unset                []string `json:"unset,omitempty"`   // unset variables that it would be made of
	Enabled              bool     `json:"enabled"`           // middlewareAuth.enabled
	UnauthenticatedPaths []string `json:"unauthenticatedPaths,omitempty"`
	SignUpPaths          []string `json:"signUpPaths,omitempty"`
}

// ProxyInput is what a proxy is evaluated with.
type ProxyInput struct {
	Entry    string            `json:"entry"`
	Env      map[string]string `json:"env"` // all of the deployment's that is known
	Requests []Request         `json:"requests"`
}

// EvalProxy evaluates a proxy file.
func EvalProxy(ctx context.Context, fsys fs.FS, in ProxyInput) (*Proxy, error) {
	return caged[Proxy](ctx, kindProxy, in.Entry, in, fsys)
}

// proxy is EvalProxy in the child.
func proxy(files js.Files, in ProxyInput) (*Proxy, error) {
	bundle, err := js.Bundle(context.Background(), in.Entry, files, stubs())
	if err != nil {
		syntax, err := refused(err)
		if err != nil {
			return nil, err
		}
		return &Proxy{Entry: in.Entry, Problem: syntax.Reason, Position: syntax.Position}, nil
	}
	p := &proxyRun{files: files, in: in, bundle: bundle, env: &nextEnv{set: in.Env}}
	out, err := p.run()
	if err != nil {
		return nil, err
	}
	return out, p.derive(out)
}

// derive finds the variables behind each redirect URI, by runs in which their
// values show where they came from. What such a run changes besides is lost.
func (p *proxyRun) derive(out *Proxy) error {
	for _, unset := range []bool{false, true} {
		env := &nextEnv{set: p.in.Env, marks: newMarks(), unset: unset}
		again, err := (&proxyRun{files: p.files, in: p.in, bundle: p.bundle, env: env}).run()
		if inconclusive := new(cage.Inconclusive); errors.As(err, &inconclusive) {
			continue
		}
		if err != nil {
			return err
		}
		for i := range out.Visits {
			for j := range out.Visits[i].Calls {
				if i >= len(again.Visits) || j >= len(again.Visits[i].Calls) {
					continue
				}
				call, found := &out.Visits[i].Calls[j], env.marks.all(again.Visits[i].Calls[j].RedirectURI)
				if unset {
					call.Unset = found
				} else {
					call.From = found
				}
			}
		}
	}
	return nil
}

func (r Request) parse() (match.Request, map[string]string, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return match.Request{}, nil, errors.New("a request needs an absolute URL")
	}
	header := map[string]string{"host": u.Host, "x-forwarded-host": u.Host, "x-forwarded-proto": u.Scheme}
	out := make(http.Header)
	maps.Copy(header, r.Header)
	for name, value := range header {
		out.Set(name, value)
	}
	return match.Request{URL: u, Header: out}, header, nil
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}
