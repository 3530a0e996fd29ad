package facts

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Host is an address at which this very deployment answers.
type Host struct {
	Origin string // "https://host"
	Known  string // who says so: "the URL under test", "Vercel's API", …
}

// Hosts are the addresses of the deployment that are known without asking the
// preview: the one under test comes first.
var Hosts = &gate.Fact[[]Host]{
	Name:  "addresses of the deployment",
	Needs: []gate.Need{Preview},
	Uses:  []gate.Need{Aliases, Deployment},
	Learn: func(_ context.Context, known *gate.Facts) ([]Host, error) {
		hosts := []Host{{origin(Preview.From(known)), "the URL under test"}}
		if given, err := Aliases.Lookup(known); err == nil {
			for _, u := range given {
				hosts = addHost(hosts, origin(u), "a given alias")
			}
		}
		if d, err := Deployment.Lookup(known); err == nil {
			for _, name := range d.Hosts {
				hosts = addHost(hosts, "https://"+name, "Vercel's API")
			}
		}
		return hosts, nil
	},
}

func addHost(hosts []Host, origin, source string) []Host {
	if slices.ContainsFunc(hosts, func(h Host) bool { return h.Origin == origin }) {
		return hosts
	}
	return append(hosts, Host{origin, source})
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// A Stranger is a host that a redirect URI names and that nobody vouches for.
// It may be another address of this deployment all the same.
type Stranger struct {
	Origin  string
	BuildID string // of the build that answers there; "" when none says
	Gone    bool   // there is no such host
	Trouble string // why it could not be asked
}

// Strangers are the hosts that redirect URIs name beyond the known ones.
var Strangers = &gate.Fact[[]Stranger]{
	Name:  "hosts that redirect URIs name",
	Needs: []gate.Need{Web, Entrances, Hosts},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Stranger, error) {
		var origins []string
		for _, e := range Entrances.From(known) {
			u, err := url.Parse(e.RedirectURI)
			if err != nil || !Reachable(u) {
				continue
			}
			o := origin(u)
			isKnown := func(h Host) bool { return h.Origin == o }
			if !slices.ContainsFunc(Hosts.From(known), isKnown) && !slices.Contains(origins, o) {
				origins = append(origins, o)
			}
		}
		return atOnce(origins, func(o string) (Stranger, error) { return meet(ctx, Web.From(known), o), nil })
	},
}

// Reachable reports whether a redirect URI could lead a visitor to a public
// host: localhost, addresses and unset variables cannot.
func Reachable(u *url.URL) bool {
	name := u.Hostname()
	return u.Scheme == "https" && u.Port() == "" && strings.Contains(name, ".") &&
		net.ParseIP(name) == nil && !strings.HasSuffix(name, ".localhost")
}

// meet asks a host which build it serves.
func meet(ctx context.Context, client *web.Client, origin string) Stranger {
	s := Stranger{Origin: origin}
	u, err := url.Parse(origin)
	if err != nil {
		s.Trouble = "the host cannot be read"
		return s
	}
	hop, err := newSite(client, u, true).app(ctx, "/previewgate-nope.svg", document())
	if err == nil && hop.BuildID == "" {
		hop, err = newSite(client, u, true).app(ctx, "/", document())
	}
	s.Gone = noSuchHost(err)
	if err != nil {
		s.Trouble = err.Error()
	}
	s.BuildID = hop.BuildID
	return s
}

// Elsewhere are the ways to sign in that start at the deployment's other
// addresses.
var Elsewhere = &gate.Fact[[]Start]{
	Name:  "ways to sign in from other addresses",
	Needs: []gate.Need{Web, Hosts, Strangers, Routes},
	Uses:  []gate.Need{ClientBundle},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Start, error) {
		var others []Host
		others = append(others, Hosts.From(known)[1:]...)
		if bundle, err := ClientBundle.Lookup(known); err == nil {
			for _, s := range Strangers.From(known) {
				if s.BuildID != "" && s.BuildID == bundle.BuildID {
					others = addHost(others, s.Origin, "it serves the same build")
				}
			}
		}
		return atOnce(others, func(h Host) (Start, error) {
			return startAt(ctx, Web.From(known), h, Routes.From(known)), nil
		})
	},
}

// A Start is what signing in from another address of the deployment does.
type Start struct {
	Host
	Entrance Entrance
	Trouble  string // why there is no entrance
}

func startAt(ctx context.Context, client *web.Client, h Host, paths Paths) Start {
	s := Start{Host: h}
	u, err := url.Parse(h.Origin)
	if err != nil {
		s.Trouble = "the address cannot be read"
		return s
	}
	v, err := visitSignIn(ctx, newSite(client, u, !client.Knows(h.Origin)), paths)
	if err != nil {
		s.Trouble = err.Error()
		return s
	}
	var found bool
	if s.Entrance, found = v.entrance(h.Origin); !found {
		s.Trouble = v.Last().Request() + " answers " + v.Last().Short()
	}
	return s
}
