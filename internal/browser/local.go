package browser

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/internal/web"
)

// isLocal reports whether an address is by its own text of this machine or its network, where a preview's page has no
// business.
//
// This and leadsInside do not cover everything. Names are looked up for pages alone, and the browser looks them up once
// more itself: a name that changes its address between the two gets through, and so does a script's request for a name
// that leads inside. WebSockets and WebRTC are not stopped here at all. For those there is the browser's own rule against
// public pages that reach private addresses.
func (v *visit) isLocal(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if host == "" || v.isAllowed(u) {
		return false
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && !web.IsPublic(address)
}

// leadsInside reports whether the name of a page's host leads to an address of this machine or its network. A name that
// leads nowhere is left to the browser.
func (v *visit) leadsInside(ctx context.Context, u *url.URL) bool {
	if v.Lookup == nil || v.isAllowed(u) || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addresses, err := v.Lookup(ctx, u.Hostname())
	return err == nil && slices.ContainsFunc(addresses, func(a netip.Addr) bool { return !web.IsPublic(a) })
}

// lookupTime bounds the wait for a host's addresses.
const lookupTime = 2 * time.Second

func (v *visit) isAllowed(u *url.URL) bool {
	return slices.Contains(v.Allowed, strings.ToLower(u.Hostname())) || slices.Contains(v.Allowed, u.Host)
}
