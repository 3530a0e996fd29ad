package web

import (
	"fmt"
	"net/url"
	"strings"
)

// CheckPreview reads the URL of the deployment under test. It must be https, name a host under vercel.app and no user
// and no port; an entry of allow, as in Options, lifts all of that but the rule on users for its host. Path, query and
// fragment are dropped: the URL returned is an origin. A refusal is one line that names the flag that would lift it.
func CheckPreview(raw string, allow []string) (*url.URL, error) {
	entries, err := parseAllow(allow)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, blocked("", "the preview's address is no URL")
	}
	asked := (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	if u.Scheme == "" {
		return nil, blocked("", "the preview's address has no scheme; write https:// before it")
	}
	explicit := u.Port()
	if err := normalise(u); err != nil {
		return nil, blocked(asked, "%s: %v", asked, err)
	}
	if u.User != nil {
		return nil, blocked(asked, "%s: the URL names a user; leave user and password out", asked)
	}
	found := &url.URL{Scheme: u.Scheme, Host: u.Host}
	if (rules{lifted: entries}).lifts(u.Hostname(), port(u)) {
		return found, nil
	}
	if reason := refusePreview(found, explicit); reason != "" {
		host := u.Host
		if explicit != "" {
			host = strings.TrimSuffix(host, ":"+explicit) + ":" + explicit
		}
		return nil, blocked(asked, "%s: %s; allow it with --allow-host %s", asked, reason, host)
	}
	return found, nil
}

// refusePreview says why an origin cannot be a preview's, or nothing.
func refusePreview(u *url.URL, explicitPort string) string {
	host := u.Hostname()
	switch {
	case u.Scheme != "https":
		return "plain http would show the session to the network"
	case isAddress(host):
		return fmt.Sprintf("%s is an IP address, not a host name", host)
	case explicitPort != "":
		return fmt.Sprintf("the URL names port %s, and deployments listen on 443 alone", explicitPort)
	case !strings.HasSuffix(host, ".vercel.app"):
		return fmt.Sprintf("the host %s is not a vercel.app host", host)
	}
	return ""
}

// IsAllowed reports whether --allow-host names the host of an address, so that no rule applies to it.
func IsAllowed(u *url.URL, allow []string) bool {
	entries, err := parseAllow(allow)
	return err == nil && rules{lifted: entries}.lifts(u.Hostname(), port(u))
}
