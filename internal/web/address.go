package web

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// A guard decides which addresses may be connected to. It decides on the address that is about to be connected to, so a
// name that resolves to something else the second time gains nothing.
type guard struct {
	rules  rules
	dialer net.Dialer
}

func newGuard(r rules, dialer net.Dialer) *guard {
	return &guard{rules: r, dialer: dialer}
}

// reserved lists the networks that are not the public internet, beside those that netip.Addr knows by itself.
func reserved() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"168.63.129.16/32", // a cloud's metadata service at an address of the public internet
		"2001:db8::/32", "2001:10::/28", "2001:20::/28", "2001:2::/48", "3fff::/20",
	} {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// dial connects to host:port. The rules on addresses hold unless they are lifted for it.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := g.dialer
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if !g.rules.lifts(host, port) {
		dialer.Control = g.control
	}
	return dialer.DialContext(ctx, network, address)
}

// control is called with the address of every attempt to connect.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading the address %s: %w", address, err)
	}
	if addr := to.Addr().Unmap().WithZone(""); !IsPublic(addr) {
		return addressError{addr}
	}
	return nil
}

// IsPublic reports whether an address is one of the public internet, as are the addresses embedded in it: neither of this
// machine or its network nor reserved, by IANA's registries of special-purpose addresses, nor a cloud's metadata service.
func IsPublic(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	if slices.ContainsFunc(reserved(), func(network netip.Prefix) bool { return network.Contains(addr) }) {
		return false
	}
	if addr.Is4() {
		return true
	}
	embedded, translated := embedded(addr)
	for _, v4 := range embedded {
		if !IsPublic(v4) {
			return false
		}
	}
	return translated || netip.MustParsePrefix("2000::/3").Contains(addr)
}

// embedded returns the IPv4 addresses that an IPv6 address stands for or is reached by, and whether it is one of those
// by which NAT64 translates.
func embedded(addr netip.Addr) (v4 []netip.Addr, translated bool) {
	b := addr.As16()
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte(b[i : i+4])) }
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(addr):
		return []netip.Addr{at(12)}, true
	case netip.MustParsePrefix("2002::/16").Contains(addr): // 6to4
		return []netip.Addr{at(2)}, false
	case netip.MustParsePrefix("2001::/32").Contains(addr): // Teredo: the server, and the client with its bits inverted
		client := netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
		return []netip.Addr{at(4), client}, false
	}
	return nil, false
}

// An addressError refuses to connect to an address.
type addressError struct{ addr netip.Addr }

func (e addressError) Error() string { return e.addr.String() + " is not a public address" }
