// Package weburl parses URLs as browsers and Node do, which is not how net/url
// does: a backslash is a slash, dots are resolved, braces are escaped, a host
// is lower case. It covers what code about redirects can meet; a host written
// as an IPv4 number in another notation is left as it is, and a question mark
// with nothing behind it is lost.
package weburl

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// errInvalid is all that a script learns, as in Node.
var errInvalid = errors.New("Invalid URL") //nolint:staticcheck // the text that scripts see

// A URL is a parsed one. Search and Hash hold their mark, or are empty.
type URL struct {
	Scheme             string // without the colon
	Username, Password string
	Host               string
	Port               string // empty when it is the scheme's own
	Path               string
	Search, Hash       string
	Opaque             bool // of a scheme without //, as mailto:
}

// Parse reads a URL, relative to base unless that is nil.
func Parse(input string, base *URL) (*URL, error) {
	input = strings.Trim(input, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	input = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(input)
	scheme, rest, ok := cutScheme(input)
	switch {
	case !ok && base == nil, !ok && base.Opaque && !strings.HasPrefix(input, "#"):
		return nil, errInvalid
	case !ok:
		return relative(input, *base)
	case !special(scheme):
		return other(scheme, rest)
	case base != nil && base.Scheme == scheme && !twoSlashes(rest):
		return relative(rest, *base)
	case scheme == "file":
		return other(scheme, strings.ReplaceAll(rest, `\`, "/"))
	}
	return URL{Scheme: scheme}.at(rest)
}

// at returns the URL with an authority and what follows it.
func (u URL) at(rest string) (*URL, error) {
	if err := u.authority(strings.TrimLeft(rest, `/\`)); err != nil {
		return nil, err
	}
	return &u, nil
}

func cutScheme(s string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(s, ":")
	if !ok || scheme == "" {
		return "", s, false
	}
	for i, c := range scheme {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return "", s, false
		}
	}
	return strings.ToLower(scheme), rest, true
}

func special(scheme string) bool {
	return slices.Contains([]string{"http", "https", "ws", "wss", "ftp", "file"}, scheme)
}

func twoSlashes(s string) bool {
	return len(s) > 1 && strings.Trim(s[:2], `/\`) == ""
}

// other takes schemes that mean nothing to a browser.
func other(scheme, rest string) (*URL, error) {
	u := &URL{Scheme: scheme}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		if err := u.authority(after); err != nil {
			return nil, err
		}
		return u, nil
	}
	rest = u.tail(rest)
	u.Opaque = !strings.HasPrefix(rest, "/")
	u.Path = escape(rest, "")
	return u, nil
}

func relative(input string, u URL) (*URL, error) {
	rest := strings.ReplaceAll(input, `\`, "/")
	if end := strings.IndexAny(input, "?#"); end >= 0 {
		rest = strings.ReplaceAll(input[:end], `\`, "/") + input[end:]
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		u.Username, u.Password = "", ""
		return u.at(after)
	}
	search := u.Search
	path := u.tail(rest)
	switch {
	case path == "" && u.Search == "" && !strings.HasPrefix(rest, "?"):
		u.Search = search
	case path == "":
	case strings.HasPrefix(path, "/"):
		u.Path = cleaned(path)
	default:
		u.Path = cleaned(u.Path[:strings.LastIndexByte(u.Path, '/')+1] + path)
	}
	return &u, nil
}

// tail takes the query and the fragment off a reference, and returns the rest.
func (u *URL) tail(s string) string {
	s, hash, hashed := strings.Cut(s, "#")
	path, search, _ := strings.Cut(s, "?")
	u.Hash, u.Search = "", ""
	if hashed && hash != "" {
		u.Hash = "#" + escape(hash, " \"<>`")
	}
	if search != "" {
		u.Search = "?" + escape(search, " \"#<>'")
	}
	return path
}

// authority reads all that follows the slashes.
func (u *URL) authority(s string) error {
	end := strings.IndexAny(s, `/\?#`)
	if end < 0 {
		end = len(s)
	}
	host := s[:end]
	path := u.tail(s[end:])
	u.Path = cleaned(strings.ReplaceAll(path, `\`, "/"))
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		u.Username, u.Password, _ = strings.Cut(host[:at], ":")
		host = host[at+1:]
	}
	host, port, err := splitPort(host)
	if err != nil {
		return err
	}
	u.Host, err = hostname(host, special(u.Scheme) && u.Scheme != "file")
	if u.Port = port; port == u.defaultPort() {
		u.Port = ""
	}
	return err
}

func (u *URL) defaultPort() string {
	return map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443", "ftp": "21"}[u.Scheme]
}

func splitPort(host string) (name, port string, err error) {
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 || strings.HasSuffix(host, "]") {
		return host, "", nil
	}
	if port = host[colon+1:]; port == "" {
		return host[:colon], "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strings.HasPrefix(port, "+") {
		return "", "", errInvalid
	}
	return host[:colon], strconv.FormatUint(n, 10), nil
}

// hostname normalises a host, or refuses it.
func hostname(s string, isSpecial bool) (string, error) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", errInvalid
		}
		return "[" + addr.String() + "]", nil
	}
	if !isSpecial {
		return s, nil
	}
	s = unescape(s)
	if s == "" || strings.ContainsAny(s, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") {
		return "", errInvalid
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
	ascii, err := profile.ToASCII(s)
	if err != nil || ascii == "" {
		return "", errInvalid
	}
	return ascii, nil
}
