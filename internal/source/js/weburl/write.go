package weburl

import (
	"encoding/hex"
	"strings"
)

// Authority is the host with its port.
func (u *URL) Authority() string {
	if u.Port == "" {
		return u.Host
	}
	return u.Host + ":" + u.Port
}

// Origin is what a browser compares, or "null".
func (u *URL) Origin() string {
	if !special(u.Scheme) || u.Scheme == "file" {
		return "null"
	}
	return u.Scheme + "://" + u.Authority()
}

func (u *URL) String() string {
	if !u.Opaque && u.Host == "" && !special(u.Scheme) && strings.HasPrefix(u.Path, "//") {
		return u.Scheme + ":/." + u.Path + u.Search + u.Hash // lest the path be read as a host
	}
	if u.Opaque || u.Host == "" && !special(u.Scheme) {
		return u.Scheme + ":" + u.Path + u.Search + u.Hash
	}
	user := u.Username
	if u.Password != "" {
		user += ":" + u.Password
	}
	if user != "" {
		user += "@"
	}
	return u.Scheme + "://" + user + u.Authority() + u.Path + u.Search + u.Hash
}

// SetPath replaces the path as an assignment to pathname does.
func (u *URL) SetPath(path string) {
	if u.Opaque {
		return
	}
	path = strings.ReplaceAll(path, `\`, "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u.Path = cleaned(strings.NewReplacer("?", "%3F", "#", "%23").Replace(path))
}

// SetHost replaces the host, with its port if host names one, or leaves the
// URL as it is if that is no host.
func (u *URL) SetHost(host string) {
	name, port, err := splitPort(host)
	if err != nil {
		return
	}
	if name, err = hostname(name, special(u.Scheme)); err != nil {
		return
	}
	u.Host = name
	if strings.Contains(host, ":") {
		if u.Port = port; port == u.defaultPort() {
			u.Port = ""
		}
	}
}

// cleaned resolves dots and escapes what a path may not hold.
func cleaned(path string) string {
	if path == "" {
		return "/"
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var out []string
	for i, part := range parts {
		last := i == len(parts)-1
		switch strings.ReplaceAll(strings.ToLower(part), "%2e", ".") {
		case ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, part)
			last = false
		}
		if last {
			out = append(out, "")
		}
	}
	return "/" + escape(strings.Join(out, "/"), " \"<>`{}?#")
}

// escape writes controls, what is not ASCII, and the characters of set as %XX.
func escape(s, set string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < 0x20 || c > 0x7E || strings.IndexByte(set, c) >= 0 {
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.Write(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Set assigns to a part by the name that URL's properties have.
func (u *URL) Set(part, value string) {
	switch part {
	case "protocol":
		if scheme := strings.ToLower(strings.TrimSuffix(value, ":")); special(scheme) == special(u.Scheme) {
			u.Scheme = scheme
		}
	case "host":
		u.SetHost(value)
	case "hostname":
		u.SetHost(strings.SplitN(value, ":", 2)[0])
	case "port":
		if _, port, err := splitPort(u.Host + ":" + value); err == nil {
			u.Port = port
		}
	case "pathname":
		u.SetPath(value)
	case "search":
		u.tail("?" + strings.ReplaceAll(strings.TrimPrefix(value, "?"), "#", "%23") + u.Hash)
	case "hash":
		u.tail(u.Search + "#" + strings.TrimPrefix(value, "#"))
	}
	if u.Port == u.defaultPort() {
		u.Port = ""
	}
}
