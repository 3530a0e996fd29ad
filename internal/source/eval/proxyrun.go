package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/grafana/sobek"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/match"
)

// A proxyRun is one evaluation of a proxy under one environment.
type proxyRun struct {
	files  js.Files
	in     ProxyInput
	bundle *js.Bundled
	env    *nextEnv

	vm      *js.VM
	calls   []Call   // of the request that is handled
	unknown []string // what was touched before the last request
}

func (p *proxyRun) run() (*Proxy, error) {
	out := &Proxy{Entry: p.in.Entry, Config: locateConfig(p.files, p.in.Entry)}
	vm, err := js.NewVM(js.Options{Env: p.env, Prelude: proxyPrelude, Host: map[string]func(...sobek.Value) (any, error){
		"record":  p.record,
		"matches": matches,
	}})
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	p.vm = vm
	exports, err := vm.Run(p.bundle)
	if err == nil {
		err = p.visits(out, exports)
	}
	out.Reads, out.Unknown = p.env.reads, append(p.unknown, vm.Unknowns.Touched...)
	if err != nil && !out.Config.Static {
		out.Config.Matchers = nil
	}
	failure, thrown := errors.AsType[*js.Failure](err)
	switch {
	case thrown && failure.Ours:
		return nil, &cage.Inconclusive{Reason: "met a bound: " + failure.Error()}
	case thrown:
		out.Problem, out.Position = failure.Message, failure.Position
	case err != nil:
		return nil, &cage.Inconclusive{Reason: err.Error()}
	}
	return out, nil
}

func (p *proxyRun) visits(out *Proxy, exports *sobek.Object) error {
	handler, err := p.handler(out, exports)
	if err != nil {
		return err
	}
	if err := p.config(&out.Config, exports); err != nil {
		return err
	}
	if handler == nil || out.Config.Problem != "" {
		return nil
	}
	for _, r := range p.in.Requests {
		p.unknown = append(p.unknown, p.vm.Unknowns.Touched...)
		p.vm.Unknowns.Touched = nil
		visit, err := p.visit(r, out.Config, handler)
		if err != nil {
			return err
		}
		out.Visits = append(out.Visits, visit)
	}
	return nil
}

// handler finds the function that Next.js calls: the one named as the file, or
// else the default.
func (p *proxyRun) handler(out *Proxy, exports *sobek.Object) (sobek.Value, error) {
	base := path.Base(p.in.Entry)
	for _, name := range []string{strings.TrimSuffix(base, path.Ext(base)), "default"} {
		value, err := p.vm.Get(exports, name)
		if err != nil {
			return nil, err
		}
		if _, ok := sobek.AssertFunction(value); ok {
			out.Handler = name
			return value, nil
		}
	}
	out.Problem = "exports no function as " + strings.TrimSuffix(base, path.Ext(base)) + " or as default"
	out.Position = js.Position{Path: p.in.Entry, Line: 1, Column: 1, ByteColumn: 1}
	return nil, nil
}

// visit lets the proxy handle one request.
func (p *proxyRun) visit(r Request, c Config, handler sobek.Value) (Visit, error) {
	v := Visit{URL: r.URL}
	request, header, err := r.parse()
	if err != nil {
		return v, &cage.Inconclusive{Reason: err.Error()}
	}
	if v.Runs, err = c.runs(request); err != nil || !v.Runs {
		if err != nil {
			v.Error = err.Error()
		}
		return v, nil
	}
	p.calls = nil
	next, ok := p.vm.Global("__previewgate_next").(*sobek.Object)
	if !ok {
		return v, errors.New("the prelude is missing")
	}
	result, err := p.vm.Call(next.Get("visit"), handler, p.vm.Value(r.URL), p.vm.Value(encode(header)))
	v.Calls, v.Unknown = p.calls, p.vm.Unknowns.Touched
	if slices.ContainsFunc(p.calls, func(c Call) bool { return c.Unknown != "" }) {
		v.Response.Kind = "unknown"
		return v, ignoreFailure(err)
	}
	if failure, ok := errors.AsType[*js.Failure](err); ok {
		v.Error, v.Position = failure.Message, failure.Position
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(result.String()), &v.Response)
}

// ignoreFailure: what a handler does with a redirect URI that is unknown says
// nothing.
func ignoreFailure(err error) error {
	if _, ok := errors.AsType[*js.Failure](err); ok {
		return nil
	}
	return err
}

// record notes a call of AuthKit: via, the redirect URI as given, the one that
// counts, middlewareAuth, signUpPaths.
func (p *proxyRun) record(args ...sobek.Value) (any, error) {
	arg := func(i int) sobek.Value {
		if i < len(args) {
			return args[i]
		}
		return sobek.Undefined()
	}
	call := Call{Via: arg(0).String(), Given: arg(1).ToBoolean()}
	if name := p.vm.Unknowns.Name(arg(2)); name != "" {
		call.Unknown = name
	} else {
		call.RedirectURI = arg(2).String()
		if at := strings.Index(call.RedirectURI, "[unknown "); at >= 0 {
			call.Unknown, _, _ = strings.Cut(call.RedirectURI[at+len("[unknown "):], "]")
		}
	}
	if auth, ok := arg(3).(*sobek.Object); ok {
		call.Enabled = auth.Get("enabled") != nil && auth.Get("enabled").ToBoolean()
		call.UnauthenticatedPaths = p.list(auth.Get("unauthenticatedPaths"))
	}
	call.SignUpPaths = p.list(arg(4))
	if len(p.calls) < 100 {
		p.calls = append(p.calls, call)
	}
	return nil, nil
}

func (p *proxyRun) list(v sobek.Value) []string {
	if v == nil || sobek.IsUndefined(v) {
		return nil
	}
	var out []string
	if text, ok, err := p.vm.JSON(v); err == nil && ok {
		_ = json.Unmarshal([]byte(text), &out)
	}
	return out
}

// matches is AuthKit's comparison of a path with one of unauthenticatedPaths.
func matches(args ...sobek.Value) (any, error) {
	pattern, err := match.AuthKit(args[0].String())
	if err != nil {
		return nil, fmt.Errorf("Error parsing routes for middleware auth. Reason: %w", err) // AuthKit's words
	}
	return pattern.Matches(args[1].String())
}
