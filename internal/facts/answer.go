package facts

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/previewgate/previewgate/internal/web"
)

// An Answer is what a server answered to one request.
type Answer struct {
	Method string
	URL    string
	Status int
	Header http.Header
	Body   string // the first kilobytes of it
}

// bodyKept is how much of a body an Answer keeps: enough for every error page
// and for the head of a document.
const bodyKept = 16 << 10

func answerOf(method string, r *web.Response) Answer {
	body := r.Body
	if len(body) > bodyKept {
		body = body[:bodyKept]
	}
	return Answer{method, r.URL.String(), r.Status, r.Header, strings.ToValidUTF8(string(body), string(utf8.RuneError))}
}

// Type returns the media type of the body, without parameters.
func (a Answer) Type() string {
	t, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return t
}

// Location returns where a redirect leads, resolved, and "" for an answer
// that is none.
func (a Answer) Location() string {
	if a.Status < 300 || a.Status > 399 {
		return ""
	}
	base, err := url.Parse(a.URL)
	if err != nil {
		return ""
	}
	to, err := base.Parse(a.Header.Get("Location"))
	if err != nil || a.Header.Get("Location") == "" {
		return ""
	}
	return to.String()
}

// Request returns the answered request as a person would name it, without the
// query: "GET /sign-in".
func (a Answer) Request() string {
	u, err := url.Parse(a.URL)
	if err != nil {
		return a.Method
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return a.Method + " " + path
}

// Short returns the answer in a few words: its status, its type, and what
// tells most about an error.
func (a Answer) Short() string {
	short := strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)))
	if to := a.Location(); to != "" {
		return short + " to " + clip(withoutQuery(to))
	}
	if code := a.Header.Get("X-Vercel-Error"); code != "" {
		return short + ", x-vercel-error: " + clip(code)
	}
	if t := a.Type(); t != "" {
		short += ", " + clip(t)
	}
	if a.Type() == "text/plain" && len(a.Body) < 80 && a.Body != "" {
		short += fmt.Sprintf(" %q", strings.TrimSpace(a.Body))
	}
	return short
}

// Deletes reports whether the answer deletes the cookie of that name.
func (a Answer) Deletes(cookie string) bool {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.Name == cookie && c.Value == "" && expired(c) {
			return true
		}
	}
	return false
}

// expired reports whether a cookie is set in order to be deleted.
func expired(c *http.Cookie) bool {
	return c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Unix() <= 0
}

// withoutQuery cuts what may hold a state, a nonce or a token.
func withoutQuery(raw string) string {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		return raw[:i]
	}
	return raw
}

// clip shortens what a server may have made as long as it likes.
func clip(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
