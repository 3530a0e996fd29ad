package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A vault holds the secrets and knows where each may go.
type vault []bound

// A bound secret has its origin normalised and its header canonical.
type bound struct {
	Secret
	token string // the value without its scheme, as in Bearer
}

// minToken is the length from which a value is looked for in requests to other origins; "true" is in many.
const minToken = 12

func newVault(secrets []Secret) (vault, error) {
	var v vault
	for _, s := range secrets {
		u, err := url.Parse(s.Origin)
		if err == nil {
			err = normalise(u)
		}
		if err != nil || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("the secret header %s wants an origin, as in https://host", s.Header)
		}
		if s.Header == "" && s.Value != "" {
			v = append(v, bound{Secret{Origin: origin(u), Value: s.Value}, s.Value})
			continue
		}
		if !httpguts.ValidHeaderFieldName(s.Header) || !httpguts.ValidHeaderFieldValue(s.Value) || s.Value == "" {
			return nil, fmt.Errorf("the secret header %q for %s has no name or value that can be sent", s.Header, s.Origin)
		}
		s.Origin, s.Header = origin(u), textproto.CanonicalMIMEHeaderKey(s.Header)
		v = append(v, bound{s, s.Value[strings.LastIndexByte(s.Value, ' ')+1:]})
	}
	return v, nil
}

// Hide makes further values known as secrets: those that were learned on the way. From then on no text of this client,
// nor any other that its redactor sees, holds them.
func (c *Client) Hide(values ...string) { c.redactor.Add(values...) }

// attach adds to a header what belongs to the origin of u and is not in it already.
func (v vault) attach(u *url.URL, header http.Header) {
	here := origin(u)
	for _, s := range v {
		if _, given := header[s.Header]; !given && s.Origin == here && s.Header != "" {
			header.Set(s.Header, s.Value)
		}
	}
}

// strays returns the secret that a request would carry to an origin it is not bound to, if any: by the name of a header
// that means nothing elsewhere, or by its value, anywhere in the request.
func (v vault) strays(u *url.URL, header http.Header, body []byte) (bound, bool) {
	here := origin(u)
	for _, s := range v {
		elsewhere := s.Header != "" && s.Header != "Authorization" && s.Header != "Cookie" && !v.has(here, func(o bound) bool { return o.Header == s.Header })
		if elsewhere && len(header[s.Header]) > 0 {
			return s, true
		}
		foreign := len(s.token) >= minToken && !v.has(here, func(o bound) bool { return o.token == s.token })
		if foreign && s.isIn(u, header, body) {
			return s, true
		}
	}
	return bound{}, false
}

// has reports whether one of the secrets of an origin is such.
func (v vault) has(origin string, such func(bound) bool) bool {
	return slices.ContainsFunc(v, func(s bound) bool { return s.Origin == origin && such(s) })
}

func (s bound) isIn(u *url.URL, header http.Header, body []byte) bool {
	if strings.Contains(u.String(), s.token) || strings.Contains(u.String(), url.QueryEscape(s.token)) {
		return true
	}
	for _, values := range header {
		for _, value := range values {
			if strings.Contains(value, s.token) {
				return true
			}
		}
	}
	return bytes.Contains(body, []byte(s.token))
}
