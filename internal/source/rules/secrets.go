package rules

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"
)

// A PublicSecret is a secret that the build puts where every visitor can read
// it.
type PublicSecret struct {
	Position
	Kind SecretKind
	Name string // the variable's; of a literal only its kind, never its value
}

// A SecretKind says how a secret becomes public.
type SecretKind string

// The ways in which secrets become public.
const (
	PublicName  SecretKind = "public-name"  // NEXT_PUBLIC_ in front of a secret's name
	PublicUse   SecretKind = "public-use"   // a NEXT_PUBLIC_ variable used as a secret
	ClientText  SecretKind = "client-text"  // a key written into a file that reaches the browser
	ConfigEntry SecretKind = "config-entry" // next.config copies a secret into the bundle
)

var (
	secretName = regexp.MustCompile(`(?i)(WORKOS_?(API_?KEY|SECRET|COOKIE)|WORKOS_.*(SECRET|PASSWORD|API_?KEY)|(COOKIE|SESSION)_PASSWORD|DEPLOY_KEY|CONVEX_ADMIN_KEY)`)
	publicName = regexp.MustCompile(`NEXT_PUBLIC_\w+`)
	secretText = regexp.MustCompile(`^sk_(live|test)_[A-Za-z0-9+/=_-]{16,}$`)
	filler     = regexp.MustCompile(`(?i)(x{6}|\.\.\.|your|example|placeholder|dummy|fake|changeme|0{8}|1234567)`)
)

func isPublicSecret(name string) bool {
	return strings.HasPrefix(name, "NEXT_PUBLIC_") && secretName.MatchString(name)
}

func (x *examination) secrets(ctx context.Context) {
	x.each(ctx, func(u *unit) {
		s := &secretFinder{x: x, unit: u, seen: map[Position]bool{}}
		_, s.client = slices.BinarySearch(x.in.Client, u.path)
		s.walk(u.module.Program)
		if isNextConfig(u.path) {
			s.config()
		}
	})
	slices.SortFunc(x.found.Secrets, func(a, b PublicSecret) int { return byPosition(a.Position, b.Position) })
}

func isNextConfig(file string) bool { return strings.HasPrefix(path.Base(file), "next.config.") }

// A secretFinder goes through one unit.
type secretFinder struct {
	x      *examination
	unit   *unit
	client bool
	seen   map[Position]bool
}

func (s *secretFinder) add(n ast.Node, kind SecretKind, name string) {
	at := s.unit.at(n)
	if at.Line == 0 || s.seen[at] {
		return
	}
	s.seen[at] = true
	s.x.found.Secrets = append(s.x.found.Secrets, PublicSecret{Position: at, Kind: kind, Name: name})
}

func (s *secretFinder) walk(n ast.Node) {
	switch n := n.(type) {
	case *ast.DotExpression:
		if name := n.Identifier.Name.String(); isPublicSecret(name) {
			s.add(&n.Identifier, PublicName, name)
		}
	case *ast.PropertyKeyed:
		s.keyed(n)
	case *ast.PropertyShort:
		if name := n.Name.Name.String(); isPublicSecret(name) {
			s.add(&n.Name, PublicName, name)
		}
	case *ast.StringLiteral:
		s.literal(n)
	case *ast.NewExpression:
		s.constructed(n)
	}
	children(n, s.walk)
}

func (s *secretFinder) literal(n *ast.StringLiteral) {
	literal := n.Value.String()
	switch {
	case isPublicSecret(literal) && publicName.FindString(literal) == literal:
		s.add(n, PublicName, literal)
	case s.client && secretText.MatchString(literal) && !filler.MatchString(literal):
		s.add(n, ClientText, literal[:len("sk_live_")]+"…")
	}
}

// keyed looks at a property: named for a public secret, or a secret option
// that is read from a public variable.
func (s *secretFinder) keyed(n *ast.PropertyKeyed) {
	switch key, _ := keyOf(n); key {
	case "cookiePassword", "cookie_password":
		s.use(n.Value)
	case "password":
		if name := s.variable(n.Value); strings.Contains(name, "COOKIE") || strings.Contains(name, "WORKOS") {
			s.use(n.Value)
		}
	}
}

// constructed looks at new WorkOS(key) and new WorkOS({apiKey}).
func (s *secretFinder) constructed(n *ast.NewExpression) {
	if len(n.ArgumentList) == 0 || !slices.ContainsFunc(s.x.ev.ask(s.unit, n.Callee, nil), func(v value) bool {
		return strings.HasPrefix(v.external, "@workos-inc/node#")
	}) {
		return
	}
	s.use(n.ArgumentList[0])
	if options, ok := n.ArgumentList[0].(*ast.ObjectLiteral); ok {
		for _, property := range options.Value {
			if keyed, ok := property.(*ast.PropertyKeyed); ok {
				if key, _ := keyOf(keyed); key == "apiKey" {
					s.use(keyed.Value)
				}
			}
		}
	}
}

func (s *secretFinder) use(n ast.Expression) {
	if name := s.variable(n); strings.HasPrefix(name, "NEXT_PUBLIC_") && !isPublicSecret(name) {
		s.add(n, PublicUse, name)
	}
}

// variable is the name of the environment variable that an expression reads,
// also before ?? and through !.
func (s *secretFinder) variable(n ast.Expression) string {
	for _, v := range s.x.ev.ask(s.unit, n, nil) {
		if name, isEnv := strings.CutPrefix(v.external, "global#process.env."); isEnv {
			return name
		}
	}
	return ""
}

// config looks at what next.config hands to the bundle: env, and the public
// runtime configuration of older versions.
func (s *secretFinder) config() {
	var look func(n ast.Node)
	look = func(n ast.Node) {
		if property, ok := n.(*ast.PropertyKeyed); ok {
			if key, _ := keyOf(property); key == "env" || key == "publicRuntimeConfig" {
				s.entries(property.Value)
				return
			}
		}
		children(n, look)
	}
	look(s.unit.module.Program)
}

func (s *secretFinder) entries(n ast.Expression) {
	for _, v := range s.x.ev.ask(s.unit, n, nil) {
		object, ok := v.node.(*ast.ObjectLiteral)
		if !ok || v.unit != s.unit {
			continue
		}
		for _, property := range object.Value {
			keyed, ok := property.(*ast.PropertyKeyed)
			if !ok {
				continue
			}
			key, _ := keyOf(keyed)
			if name := s.variable(keyed.Value); secretName.MatchString(key) || secretName.MatchString(name) {
				s.add(keyed.Key, ConfigEntry, key)
			}
		}
	}
}
