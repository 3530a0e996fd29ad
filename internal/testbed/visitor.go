package testbed

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// A Visitor has a browser as far as HTTP goes: cookies, redirects and forms.
type Visitor struct {
	client *http.Client
	known  account
	home   string            // origin of the preview it is signed in at
	ids    map[string]string // of server actions, by name
}

type account struct{ email, password string }

// Visitor returns somebody who knows the test account.
func (b *Bed) Visitor() *Visitor {
	jar, _ := cookiejar.New(nil) // without options there is no error
	return &Visitor{
		client: &http.Client{Jar: jar, Transport: &http.Transport{
			DialContext:     b.Sandbox.Dial,
			TLSClientConfig: &tls.Config{RootCAs: b.Sandbox.RootCAs(), MinVersion: tls.VersionTLS12},
		}},
		ids:   map[string]string{},
		known: account{b.World.WorkOS.Email, b.World.WorkOS.Password},
	}
}

// SignIn goes from the sign-in route of a preview through WorkOS and back.
func (v *Visitor) SignIn(ctx context.Context, origin string) error {
	v.home = origin
	page, err := v.get(ctx, origin+"/sign-in")
	if err != nil {
		return err
	}
	if !strings.Contains(page.Text, `<form method="post">`) {
		return fmt.Errorf("signing in: %s has no form", page.At)
	}
	form := url.Values{"email": {v.known.email}}
	var back Page
	for _, password := range []string{"", v.known.password} { // the page asks for the address first
		form.Set("password", password)
		back, err = v.post(ctx, page.At, form.Encode(), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
		if err != nil {
			return err
		}
	}
	if !strings.HasPrefix(back.At, origin+"/") || v.Cookie("wos-session") == "" {
		return fmt.Errorf("signing in: it ends at %s", back.At)
	}
	return nil
}

// refresh is the server action by which AuthKit's client code forces a refresh.
const refresh = "refreshAccessTokenAction"

// Enter signs in and learns which server actions there are, so that several
// tabs may call them at the same time.
func (v *Visitor) Enter(ctx context.Context, origin string) error {
	if err := v.SignIn(ctx, origin); err != nil {
		return err
	}
	_, err := v.action(ctx, refresh)
	return err
}

// A Page is where requests lead in the end.
type Page struct {
	At     string
	Header http.Header
	Text   string
}

// Get reads a page of the preview.
func (v *Visitor) Get(ctx context.Context, path string) (Page, error) { return v.get(ctx, v.home+path) }

func (v *Visitor) get(ctx context.Context, address string) (Page, error) {
	return v.do(ctx, http.MethodGet, address, "", http.Header{"Accept": {"text/html"}})
}

func (v *Visitor) post(ctx context.Context, address, body string, header http.Header) (Page, error) {
	return v.do(ctx, http.MethodPost, address, body, header)
}

// Cookie returns the value of a cookie of the preview's.
func (v *Visitor) Cookie(name string) string {
	home, err := url.Parse(v.home)
	if err != nil {
		return ""
	}
	for _, c := range v.client.Jar.Cookies(home) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

var (
	chunk     = regexp.MustCompile(`/_next/static/chunks/[^"\\]+\.js`)
	reference = regexp.MustCompile(`createServerReference\)?\("([0-9a-f]{40,42})"[^;]{0,200}?"(\w+)"\)`)
)

// Action calls a server action without arguments, as client code does. Its
// answer is in React's flight format.
func (v *Visitor) Action(ctx context.Context, name string) (Page, error) {
	id, err := v.action(ctx, name)
	if err != nil {
		return Page{}, err
	}
	return v.post(ctx, v.home+"/", "[]", http.Header{
		"Next-Action": {id}, "Accept": {"text/x-component"}, "Content-Type": {"text/plain;charset=UTF-8"},
	})
}

// SignOut calls the application's own server action and goes where it says.
func (v *Visitor) SignOut(ctx context.Context) (Page, error) {
	answer, err := v.Action(ctx, "leave")
	if err != nil {
		return Page{}, err
	}
	to, _, _ := strings.Cut(answer.Header.Get("X-Action-Redirect"), ";")
	if to == "" {
		return Page{}, fmt.Errorf("signing out: it leads nowhere: %.200s", answer.Text)
	}
	return v.get(ctx, to)
}

// action finds the ID of a server action in the client chunks of the page.
func (v *Visitor) action(ctx context.Context, name string) (string, error) {
	if v.ids[name] != "" {
		return v.ids[name], nil
	}
	page, err := v.Get(ctx, "/")
	if err != nil {
		return "", err
	}
	for _, path := range chunk.FindAllString(page.Text, -1) {
		code, err := v.get(ctx, v.home+path)
		if err != nil {
			return "", err
		}
		for _, m := range reference.FindAllStringSubmatch(code.Text, -1) {
			v.ids[m[2]] = m[1]
		}
	}
	if v.ids[name] == "" {
		return "", errors.New("no chunk names the server action " + name)
	}
	return v.ids[name], nil
}

// do makes a request and follows where it leads.
func (v *Visitor) do(ctx context.Context, method, address, body string, header http.Header) (Page, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return Page{}, err
	}
	maps.Copy(request.Header, header)
	response, err := v.client.Do(request)
	if err != nil {
		return Page{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return Page{response.Request.URL.String(), response.Header, string(text)}, err
}
