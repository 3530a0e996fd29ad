package browser

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// isLocal reports whether an address is of this machine or its network, where a preview's page has no business. Names
// that resolve to such an address are left to the browser, which does not let public pages reach private ones.
func (v *visit) isLocal(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if host == "" || slices.Contains(v.Allowed, host) || slices.Contains(v.Allowed, u.Host) {
		return false
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal") {
		return true
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	address = address.Unmap()
	return !address.IsGlobalUnicast() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
}
