package web

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// hostname brings a host to the one form in which hosts are compared: lower case, punycode, no trailing dot. An IP
// address comes back in its shortest form.
func hostname(raw string) (string, error) {
	if addr, err := netip.ParseAddr(strings.Trim(raw, "[]")); err == nil && addr.Zone() == "" {
		return addr.String(), nil
	}
	name, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false)).ToASCII(raw)
	if err != nil || !utf8.ValidString(raw) {
		return "", fmt.Errorf("%q is no host name", raw)
	}
	name = strings.TrimSuffix(name, ".")
	if len(name) > 253 {
		return "", fmt.Errorf("a host name of %d bytes is too long", len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if !isLabel(label) {
			return "", fmt.Errorf("%q is no host name", raw)
		}
	}
	return name, nil
}

func isLabel(label string) bool {
	if label == "" || len(label) > 63 {
		return false
	}
	for _, c := range []byte(label) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// isAddress reports whether something reads the host as an IP address: browsers take any name whose last label is a
// number for one, be it decimal, octal or hexadecimal.
func isAddress(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == ""
}

// port returns the port of a URL, its scheme's when it names none.
func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// origin returns scheme, host and port of a normalised URL.
func origin(u *url.URL) string {
	return u.Scheme + "://" + u.Hostname() + ":" + port(u)
}

// normalise brings the host and port of an absolute http or https URL to the form in which they are compared.
func normalise(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" || u.Host == "" {
		return fmt.Errorf("it is no http or https URL")
	}
	host, err := hostname(u.Hostname())
	if err != nil {
		return err
	}
	number := u.Port()
	if number != "" && !isPort(number) {
		return fmt.Errorf("%q is no port", number)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if number != "" && number != port(&url.URL{Scheme: u.Scheme}) {
		host += ":" + number
	}
	u.Host = host
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '0'
}

// shown is a URL as errors name it: no user, no query, no fragment.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
