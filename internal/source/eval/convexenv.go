package eval

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/js/weburl"
)

// convexPrelude takes away what Convex refuses while it evaluates.
//
//go:embed convex.js
var convexPrelude string

// A convexEnv is process.env as Convex shows it: reading an unset variable
// throws, and no variable can be seen without being read.
type convexEnv struct {
	set   map[string]string
	mark  *marks // answers with marks instead of throwing
	unset bool   // with mark: answers undefined instead

	vm     *js.VM
	first  map[string]js.Position // of the first read, by variable
	failed string                 // the last unset variable that was read
}

func (e *convexEnv) Get(name string) (string, bool, error) {
	if _, ok := e.first[name]; !ok && e.vm != nil {
		e.first[name] = e.vm.Here()
	}
	switch value, ok := e.set[name]; {
	case ok:
		return value, true, nil
	case e.unset:
		return "", false, nil
	case e.mark != nil:
		return e.mark.of(name), true, nil
	}
	e.failed = name
	return "", false, errors.New(missingVariable(name))
}

// Keys are none: the real object has a trap for reading alone.
func (e *convexEnv) Keys() []string { return nil }

func missingVariable(name string) string {
	return "Environment variable " + name + " is used in auth config file but its value was not set"
}

// answer makes Convex' answer of what the file threw.
func (e *convexEnv) answer(f *js.Failure) *AuthError {
	a := &AuthError{Message: f.Message, Position: f.Position}
	if f.Name != "" && f.Name != "Error" {
		a.Message = f.Name + ": " + f.Message
	}
	switch {
	case e.failed != "" && strings.Contains(f.Message, missingVariable(e.failed)):
		a.Code, a.Variable = "AuthConfigMissingEnvironmentVariable", e.failed
	case strings.HasPrefix(f.Message, "Date unsupported"):
		a.Code = "NoDateDuringAuthConfig"
	case strings.HasPrefix(f.Message, "Math.random unsupported"):
		a.Code = "NoRandomDuringAuthConfig"
	case strings.HasPrefix(f.Message, "Cannot use cryptographic randomness"):
		a.Code = "NoCryptoRngDuringAuthConfig"
	}
	return a
}

// marks stand in for the values of variables, so that they can be found again
// in what a file makes of them.
type marks struct {
	names []string
}

func newMarks() *marks { return new(marks) }

func (m *marks) token(i int) string { return fmt.Sprintf("pgmark%04dx", i) }

// of returns the mark of a variable: what its name promises to be.
func (m *marks) of(name string) string {
	i := slices.Index(m.names, name)
	if i < 0 {
		i = len(m.names)
		m.names = append(m.names, name)
	}
	switch token := m.token(i); {
	case strings.HasSuffix(name, "_URL") && strings.HasPrefix(name, "VERCEL"):
		return token + ".com"
	case strings.HasSuffix(name, "URL"), strings.HasSuffix(name, "URI"), strings.HasSuffix(name, "ISSUER"):
		return "https://" + token + ".com"
	case strings.HasSuffix(name, "DOMAIN"), strings.HasSuffix(name, "HOST"):
		return token + ".com"
	case name == "WORKOS_CLIENT_ID", strings.HasSuffix(name, "WORKOS_CLIENT_ID"):
		return "client_" + token
	default:
		return token
	}
}

// inPlace returns a set variable's value with a mark in place of its host; a
// value that has none is left alone, because it may decide which way a program
// takes.
func (m *marks) inPlace(name, value string) string {
	if u, err := weburl.Parse(value, nil); err == nil && u.Host != "" {
		m.of(name)
		u.SetHost(m.token(slices.Index(m.names, name)) + ".com")
		return u.String()
	}
	if strings.Contains(value, ".") && !strings.ContainsAny(value, " /:,;@") {
		m.of(name)
		return m.token(slices.Index(m.names, name)) + ".com"
	}
	return value
}

// in says whether a text holds a variable's mark.
func (m *marks) in(text, name string) bool {
	i := slices.Index(m.names, name)
	return i >= 0 && strings.Contains(text, m.token(i))
}

// show writes variables in place of their marks.
func (m *marks) show(text string) string {
	for _, name := range m.names {
		text = strings.ReplaceAll(text, m.of(name), "${"+name+"}")
	}
	for i, name := range m.names {
		text = strings.ReplaceAll(text, m.token(i), "${"+name+"}")
	}
	return text
}

func (m *marks) fields(name string, i int, p Provider) []Field {
	var out []Field
	for _, f := range p.texts() {
		if m.in(f.text, name) {
			out = append(out, Field{i, f.name})
		}
	}
	return out
}

func (m *marks) shown(p Provider) Provider {
	p.Issuer, p.Domain, p.JWKS, p.Algorithm = m.show(p.Issuer), m.show(p.Domain), m.show(p.JWKS), m.show(p.Algorithm)
	if p.ApplicationID != nil {
		id := m.show(*p.ApplicationID)
		p.ApplicationID = &id
	}
	return p
}

type fieldText struct{ name, text string }

func (p Provider) texts() []fieldText {
	out := []fieldText{{"issuer", p.Issuer}, {"domain", p.Domain}, {"jwks", p.JWKS}, {"algorithm", p.Algorithm}}
	if p.ApplicationID != nil {
		out = append(out, fieldText{"applicationID", *p.ApplicationID})
	}
	return out
}
