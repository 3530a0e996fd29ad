package web

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// rules say which hosts may be asked.
type rules struct {
	lifted []entry  // hosts to which no rule applies
	known  []string // hosts under the rules; ".HOST" is any number of labels more
}

// An entry is one HOST[:PORT] of --allow-host.
type entry struct {
	host     string // "*." and a host: one label more
	port     string // empty: any
	wildcard bool
}

func newRules(allow, hosts []string) (rules, error) {
	r := rules{known: vendors()}
	for _, raw := range hosts {
		host, err := hostname(strings.TrimPrefix(raw, "*."))
		if err != nil || isAddress(host) {
			return rules{}, fmt.Errorf("%q is no host name", raw)
		}
		if strings.HasPrefix(raw, "*.") {
			host = "." + host
		}
		r.known = append(r.known, host)
	}
	var err error
	r.lifted, err = parseAllow(allow)
	return r, err
}

// vendors lists the hosts of the services that previewgate asks.
func vendors() []string {
	return []string{
		"api.vercel.com", "vercel.com",
		"api.workos.com", ".workos.com", ".authkit.app",
		"api.convex.dev", ".convex.cloud", ".convex.site",
	}
}

func parseAllow(allow []string) ([]entry, error) {
	var entries []entry
	for _, raw := range allow {
		e, err := parseEntry(raw)
		if err != nil {
			return nil, fmt.Errorf("--allow-host %s: %w", raw, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func parseEntry(raw string) (entry, error) {
	if strings.Contains(raw, "/") || strings.Contains(raw, "@") {
		return entry{}, fmt.Errorf("want HOST or HOST:PORT, without scheme, user or path")
	}
	var e entry
	host := raw
	if strings.Count(raw, ":") == 1 || strings.Contains(raw, "]:") {
		var err error
		if host, e.port, err = net.SplitHostPort(raw); err != nil || !isPort(e.port) {
			return entry{}, fmt.Errorf("want HOST or HOST:PORT")
		}
	}
	host, e.wildcard = strings.CutPrefix(host, "*.")
	var err error
	if e.host, err = hostname(host); err != nil {
		return entry{}, err
	}
	if e.wildcard && (isAddress(e.host) || !strings.Contains(e.host, ".") && e.host != "localhost") {
		return entry{}, fmt.Errorf("a wildcard wants a domain, as in *.acme.dev")
	}
	return e, nil
}

func (e entry) matches(host, port string) bool {
	if e.port != "" && e.port != port {
		return false
	}
	if e.wildcard {
		label, parent, _ := strings.Cut(host, ".")
		return label != "" && parent == e.host
	}
	return host == e.host
}

// lifts reports whether the rules are lifted for a host and port.
func (r rules) lifts(host, port string) bool {
	return slices.ContainsFunc(r.lifted, func(e entry) bool { return e.matches(host, port) })
}

// knows reports whether a host may be asked under the rules.
func (r rules) knows(host string) bool {
	return slices.ContainsFunc(r.known, func(known string) bool {
		return host == known || known[0] == '.' && len(host) > len(known) && strings.HasSuffix(host, known)
	})
}

// parse reads the URL of a request and says why it may not be asked, if it may not.
func (r rules) parse(raw string, public bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, blocked("", "a URL that cannot be read was not asked")
	}
	asked := shown(u)
	if err := normalise(u); err != nil {
		return nil, blocked(asked, "%s was not asked: %v", asked, err)
	}
	u.Fragment, u.RawFragment = "", ""
	host, flag := u.Hostname(), "allow it with --allow-host "+u.Host
	switch {
	case u.User != nil:
		return nil, blocked(asked, "%s was not asked: it names a user", asked)
	case r.lifts(host, port(u)):
		return u, nil
	case u.Scheme != "https":
		return nil, blocked(asked, "%s was not asked: plain http; %s", asked, flag)
	case port(u) != "443":
		return nil, blocked(asked, "%s was not asked: port %s; %s", asked, port(u), flag)
	case isAddress(host):
		return nil, blocked(asked, "%s was not asked: an IP address in place of a name; %s", asked, flag)
	case !r.knows(host) && (!public || !strings.Contains(host, ".")):
		return nil, blocked(asked, "%s was not asked: the host %s is not one previewgate asks; %s", asked, host, flag)
	}
	return u, nil
}
