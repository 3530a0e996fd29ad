package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func TestOnlyPublicAddressesAreConnectedTo(t *testing.T) {
	cases := map[string]bool{
		"93.184.216.34": true, "76.76.21.21": true, "2606:4700::1111": true, "64:ff9b::8.8.8.8": true, "2002:808:808::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"0.0.0.0": false, "0.1.2.3": false, "100.64.0.1": false, "100.100.100.200": false, "198.18.0.1": false,
		"192.0.2.1": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"240.0.0.1": false, "192.0.0.192": false, "168.63.129.16": false,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false, "::10.0.0.1": false,
		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "fec0::1": false,
		"2001:db8::1": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::8.8.8.8": false, "2002:a00:1::1": false,
		"2001:0:808:808::f5ff:fffe": false, // Teredo with the client 10.0.0.1
		"2001:0:808:808::f7f7:f7f7": true,  // Teredo with the client 8.8.8.8
		"100::1":                    false, "4000::1": false,
	}
	g := newGuard(rules{}, net.Dialer{})
	for address, want := range cases {
		t.Run(address, func(t *testing.T) {
			err := g.control("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil)
			if got := err == nil; got != want {
				t.Errorf("got public %t, want %t (%v)", got, want, err)
			}
		})
	}
}

// resolver answers every question for an IPv4 address with one address, or with none when that is zero.
func resolver(t *testing.T, address [4]byte) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA && address != [4]byte{} {
				header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
				m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: address}}}
			}
			reply, _ := m.Pack()
			_, _ = server.WriteTo(reply, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestAPublicNameOfAPrivateAddressIsRefused(t *testing.T) {
	for name, address := range map[string][4]byte{"loopback": {127, 0, 0, 1}, "metadata": {169, 254, 169, 254}} {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			g := newGuard(c.rules, net.Dialer{Resolver: resolver(t, address)})
			c.transport = &http.Transport{DialContext: g.dial}
			start := time.Now()
			_, err = c.Do(t.Context(), Request{URL: "https://rebind.example/", Public: true})
			var e *Error
			if !errors.As(err, &e) || e.Kind != Blocked {
				t.Fatalf("got %v", err)
			}
			want := "rebind.example was not asked: " + netip.AddrFrom4(address).String() + " is not a public address; allow it with --allow-host rebind.example"
			if e.Error() != want || time.Since(start) > firstWait/2 {
				t.Errorf("got %q after %s, want %q at once", e, time.Since(start), want)
			}
		})
	}
}

func TestANameWithoutAnAddress(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(c.rules, net.Dialer{Resolver: resolver(t, [4]byte{})})
	c.transport = &http.Transport{DialContext: g.dial}
	_, err = c.Do(t.Context(), Request{URL: "https://gone.convex.cloud/"})
	var e *Error
	if !errors.As(err, &e) || e.Kind != DNS || e.Error() != "no such host gone.convex.cloud" {
		t.Errorf("got %v", err)
	}
}

func TestAnAllowedHostMayBePrivate(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	r, err := newRules([]string{"dev.example:" + port}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(r, net.Dialer{Resolver: resolver(t, [4]byte{127, 0, 0, 1})})
	conn, err := g.dial(t.Context(), "tcp", "dev.example:"+port)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := g.dial(t.Context(), "tcp", "other.example:"+port); !errors.As(err, &addressError{}) {
		t.Errorf("another name: got %v", err)
	}
}
