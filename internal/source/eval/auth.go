package eval

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/grafana/sobek"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/js"
)

// An AuthConfig is what an auth.config says.
type AuthConfig struct {
	// Providers are what Convex gets under the given environment; none when
	// Error is set.
	Providers []Provider `json:"providers,omitempty"`
	Error     *AuthError `json:"error,omitempty"`
	// Variables are what the file reads, whatever the environment, by name.
	Variables []Variable `json:"variables,omitempty"`
	// Shape are the providers with ${NAME} in place of each variable; none
	// where the file cannot be evaluated without its true values.
	Shape []Provider `json:"shape,omitempty"`
}

// A Provider is one of the list. Position is where its object begins, or the
// nearest that is known.
type Provider struct {
	Type          string      `json:"type"` // customJwt or oidc
	Issuer        string      `json:"issuer,omitempty"`
	Domain        string      `json:"domain,omitempty"`
	JWKS          string      `json:"jwks,omitempty"`
	Algorithm     string      `json:"algorithm,omitempty"`
	ApplicationID *string     `json:"applicationID,omitempty"`
	Position      js.Position `json:"position,omitzero"`
	// Fields are where each property of the provider begins in the source.
	Fields map[string]js.Position `json:"fields,omitempty"`
}

// A Variable is one that a file reads.
type Variable struct {
	Name    string      `json:"name"`
	Reaches []Field     `json:"reaches,omitempty"`
	First   js.Position `json:"first"` // where it is read first; Line is 0 when that is not known
}

// A Field is a provider's.
type Field struct {
	Provider int    `json:"provider"` // from 0
	Name     string `json:"name"`
}

// An AuthError is what Convex answers when it cannot take the file.
type AuthError struct {
	Code     string      `json:"code"` // Convex' own; empty where the file throws
	Message  string      `json:"message"`
	Detail   string      `json:"detail,omitempty"`   // what Convex leaves unsaid
	Variable string      `json:"variable,omitempty"` // the unset one that was read
	Position js.Position `json:"position,omitzero"`
}

type authInput struct {
	Entry string            `json:"entry"`
	Env   map[string]string `json:"env"`
}

// EvalAuthConfig evaluates an auth.config, whose path is entry, under a Convex
// deployment's environment: all of it, with CONVEX_CLOUD_URL and
// CONVEX_SITE_URL, which every deployment sets and none lists.
func EvalAuthConfig(ctx context.Context, fsys fs.FS, entry string, env map[string]string) (*AuthConfig, error) {
	return caged[AuthConfig](ctx, kindAuthConfig, entry, authInput{entry, env}, fsys)
}

// authConfig is EvalAuthConfig in the child.
func authConfig(files js.Files, in authInput) (*AuthConfig, error) {
	bundle, err := js.Bundle(context.Background(), in.Entry, files, nil)
	if err != nil {
		syntax, err := refused(err)
		if err != nil {
			return nil, err
		}
		return &AuthConfig{Error: &AuthError{Message: syntax.Reason, Position: syntax.Position}}, nil
	}
	where := locateProviders(files, in.Entry)
	strict, err := evaluate(bundle, &convexEnv{set: in.Env})
	if err != nil {
		return nil, err
	}
	out := &AuthConfig{Error: strict.failed}
	if out.Error == nil {
		out.Providers, out.Error = validate(strict.text, where)
	}
	if out.Error != nil && out.Error.Position.Line == 0 {
		out.Error.Position = where.whole
	}
	return out, out.learn(bundle, strict, where)
}

// learn finds the variables and where each ends up, by values that show where
// they came from.
func (c *AuthConfig) learn(bundle *js.Bundled, strict *evaluation, where located) error {
	marks := newMarks()
	lenient, err := evaluate(bundle, &convexEnv{mark: marks})
	if err == nil && lenient.failed != nil {
		marks = newMarks()
		lenient, err = evaluate(bundle, &convexEnv{mark: marks, unset: true})
	}
	if err != nil {
		return err
	}
	first := maps.Clone(strict.env.first)
	for name, at := range lenient.env.first {
		if known, ok := first[name]; !ok || known.Line == 0 {
			first[name] = at
		}
	}
	if lenient.failed == nil {
		c.Shape = decode(lenient.text, where)
	}
	for _, name := range slices.Sorted(maps.Keys(first)) {
		v := Variable{Name: name, First: first[name]}
		for i, p := range c.Shape {
			v.Reaches = append(v.Reaches, marks.fields(name, i, p)...)
		}
		c.Variables = append(c.Variables, v)
	}
	for i := range c.Shape {
		c.Shape[i] = marks.shown(c.Shape[i])
	}
	return nil
}

// An evaluation is one run of the file.
type evaluation struct {
	env    *convexEnv
	text   string // the default export as JSON
	failed *AuthError
}

// evaluate runs the bundle as Convex does. Its error means that nothing is
// known; what Convex would answer is in the result.
func evaluate(bundle *js.Bundled, env *convexEnv) (*evaluation, error) {
	env.first = make(map[string]js.Position)
	vm, err := js.NewVM(js.Options{Env: env, Prelude: convexPrelude})
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	env.vm = vm
	done := &evaluation{env: env}
	exports, err := vm.Run(bundle)
	if err == nil {
		err = done.read(vm, exports)
	}
	failure, thrown := errors.AsType[*js.Failure](err)
	switch {
	case err == nil:
	case thrown && failure.Ours:
		return nil, &cage.Inconclusive{Reason: "met a bound: " + failure.Error()}
	case thrown:
		done.failed = env.answer(failure)
	default:
		return nil, &cage.Inconclusive{Reason: err.Error()}
	}
	if done.failed == nil && len(vm.Unknowns.Touched) > 0 {
		return nil, &cage.Inconclusive{Reason: "depends on a package whose sources are not here: " + vm.Unknowns.Touched[0]}
	}
	return done, nil
}

func (e *evaluation) read(vm *js.VM, exports *sobek.Object) error {
	value, err := vm.Get(exports, "default")
	if err != nil {
		return err
	}
	if sobek.IsUndefined(value) || sobek.IsNull(value) {
		e.failed = &AuthError{
			Code:     "AuthConfigMissingExportError",
			Message:  "auth config file is missing default export. " + seeDocs,
			Position: js.Position{Path: vm.Entry()},
		}
		return nil
	}
	text, ok, err := vm.JSON(value)
	if err == nil && !ok {
		e.failed = &AuthError{
			Code:     "AuthConfigUnserializableError",
			Message:  "auth config file can only contain strings " + seeDocs,
			Position: js.Position{Path: vm.Entry()},
		}
	}
	e.text = text
	return err
}

const seeDocs = "To learn more, see the auth documentation at https://docs.convex.dev/auth."
