package source

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"

	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
)

// A Registered is a redirect URI that convex.json has WorkOS accept on every
// preview build.
type Registered struct {
	Template string
	URI      string // empty when the template stops the build, or is not known
	Trouble  string // why it stops the build, in the words of Convex' command line
	Unknown  string // the variable whose value is not known
	Position js.Position
}

// evaluate reads a backend's convex.json and evaluates its auth.config.
func evaluate(ctx context.Context, fsys fs.FS, b project.Backend, env Environment) Backend {
	out := Backend{Backend: b}
	if b.Config != "" {
		text, err := project.Read(fsys, b.Config, js.MaxFile)
		if err != nil {
			out.Unread = err.Error()
		} else {
			out.Config = *eval.ParseConvexJSON(js.Source{Path: b.Config, Text: text})
		}
		out.register(env)
	}
	if len(b.AuthConfigs) != 1 {
		return out // none is no auth, and of two Convex' command line takes neither
	}
	var err error
	out.Auth, out.Unknown, err = authConfig(ctx, fsys, b.AuthConfigs[0], env)
	if err != nil {
		out.Trouble = err.Error()
	}
	return out
}

// register resolves what convex.json registers for previews.
func (b *Backend) register(env Environment) {
	if b.Config.AuthKit == nil || b.Config.AuthKit.Preview == nil {
		return
	}
	variables := eval.Variables{Build: env.build(), Auth: env.Convex}
	for _, template := range b.Config.AuthKit.Preview.RedirectURIs {
		r := Registered{Template: template.Text, Position: template.Position}
		uri, err := variables.Resolve(template.Text)
		unset, isUnset := errors.AsType[*eval.TemplateError](err)
		switch {
		case isUnset && unset.Variable != "" && env.unknown(unset.Variable):
			r.Unknown = unset.Variable
		case err != nil:
			r.Trouble = err.Error()
		default:
			r.URI = uri
		}
		b.Registers = append(b.Registers, r)
	}
}

// authConfig evaluates an auth.config. Where the environment may hold more
// than is known, the variables that the file reads are given a value, so that
// an unknown one is not taken for an unset one. It returns those on whose true
// value it depends whether Convex takes the file.
func authConfig(ctx context.Context, fsys fs.FS, file string, env Environment) (c *eval.AuthConfig, unknown []string, err error) {
	have, guessed := env.Convex, []string(nil)
	for range maxGuesses {
		c, err = eval.EvalAuthConfig(ctx, fsys, file, have)
		if err != nil || !env.Guess || c.Error == nil || c.Error.Variable == "" {
			break
		}
		have = maps.Clone(have)
		for _, v := range append(c.Variables, eval.Variable{Name: c.Error.Variable}) {
			if _, known := have[v.Name]; !known {
				have[v.Name] = assumed(v.Name)
				guessed = append(guessed, v.Name)
			}
		}
	}
	if err == nil && c.Error != nil && guessed != nil && dependsOnValues(*c.Error) {
		return c, guessed, nil
	}
	return c, nil, err
}

// maxGuesses bounds how often a file may turn out to read yet another
// variable.
const maxGuesses = 6

// assumed is a value that a variable may have, going by its name.
func assumed(name string) string {
	switch {
	case strings.HasSuffix(name, "CLIENT_ID"):
		return "client_01ASSUMED00000000000000000"
	case strings.HasSuffix(name, "DOMAIN"), strings.HasSuffix(name, "HOST"):
		return "assumed.example.com"
	}
	return "https://assumed.example.com"
}

// dependsOnValues reports whether another value of a variable might mend an
// error: the file throws by itself, or makes an issuer that is no address.
func dependsOnValues(e eval.AuthError) bool {
	return e.Code == "" || e.Code == "InvalidAuthConfig" || e.Variable != ""
}
