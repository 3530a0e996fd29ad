package facts

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/previewgate/previewgate/internal/web"
)

// The fuzz targets hold the parsers of foreign text to three rules: they
// never panic, they end, and what they return is bounded and sane.

func FuzzReadPage(f *testing.F) {
	f.Add(`<script src="/_next/static/chunks/a.js"></script><a href="/x">x</a>self.__next_f.push([1,"0:{\"P\":null,\"b\":\"q8ZtR3vLx0mWc5NfYk2pB\",\"c\":[]}"])`)
	f.Add(`<html id="__next_error__"><link rel="modulepreload" href="/_next/static/chunks/b.js"><a href="https://api.workos.com/user_management/authorize?a=b">`)
	f.Add(`[\"$\",\"$L5\",null,{\"href\":\"/sign-out\",\"prefetch\":false}]`)
	f.Fuzz(func(t *testing.T, doc string) {
		base := mustParse(t, "https://web.vercel.app/")
		p := readPage(base, []byte(doc))
		if len(p.Scripts) > maxScripts || len(p.Anchors) > maxScripts || len(p.Links) > maxScripts || len(p.BuildID) > 64 {
			t.Error("what it keeps is not bounded")
		}
		for _, script := range p.Scripts {
			if u, err := url.Parse(script); err != nil || !u.IsAbs() {
				t.Errorf("%q is no absolute URL", script)
			}
		}
		if strings.ContainsAny(p.BuildID, "/?#%") {
			t.Errorf("the build is %q", p.BuildID)
		}
	})
}

func FuzzReadScript(f *testing.F) {
	f.Add(`(0,e.jsx)(t.default,{href:"/sign-out",prefetch:!1,children:[(0,e.jsx)("b",{})]})`)
	f.Add("createElement(a(),{title:`${b?`x`:{c:1}}`,href:{pathname:'/x'}})")
	f.Add(`new n.M("https://swift-lemur-482.convex.cloud",{expectAuth:!0});new M("",{expectAuth:1})`)
	f.Add(`a.default.env.NEXT_PUBLIC_CONVEX_URL,;r.prefetch("/x");"sk_` + `test_a2V5XzAxSkQ1UTJBQ01FLHRveQ"`)
	f.Fuzz(func(t *testing.T, code string) {
		s := readScript("a.js", code, []string{"a-known-secret-of-the-gate"})
		for _, l := range s.Links {
			if !isPath(l.Path) || l.Offset < 0 || l.Offset >= len(code) {
				t.Errorf("got %+v", l)
			}
		}
		for _, l := range s.Leaks {
			if l.Offset < 0 || l.Offset >= len(code) || len(l.What) > 60 {
				t.Errorf("got %+v", l)
			}
		}
		for _, u := range s.Convex {
			if !strings.Contains(u, "://") || len(u) > maxAddress+len(cloud) {
				t.Errorf("got %q", u)
			}
		}
	})
}

func FuzzReadMatchers(f *testing.F) {
	f.Add(`self.__MIDDLEWARE_MATCHERS = [{"regexp":"^\\/a$","originalSource":"/a"}];`, "/a")
	f.Add(`self.__MIDDLEWARE_MATCHERS = [{"regexp":"^(?:\\/((?!_next).*))$"}];`, "/")
	f.Fuzz(func(t *testing.T, script, path string) {
		matchers, is := readMatchers(script)
		if is != (matchers != nil) || len(matchers) > maxMatchers {
			t.Errorf("got %d matchers, %v", len(matchers), is)
		}
		if len(matchers) > 0 && len(path) < 1000 {
			_, _ = matchers[0].Covers(path)
		}
	})
}

func FuzzMatcherCovers(f *testing.F) {
	f.Add(broad, "/dashboard")
	f.Add(`^\/(a*)*b$`, "/aaaaaaaaaaaaaaaaaaaaaaaa")
	f.Add(`^(?<a>.)\k<a>(?<!b)$`, "aa")
	f.Fuzz(func(_ *testing.T, pattern, path string) {
		if len(path) < 1000 {
			_, _ = Matcher{"fuzz", pattern}.Covers(path)
		}
	})
}

func FuzzReadAuthorize(f *testing.F) {
	f.Add("https://api.workos.com/user_management/authorize?client_id=a&redirect_uri=b&state=Fe26.2")
	f.Add("//x/user_management/authorize")
	f.Fuzz(func(t *testing.T, raw string) {
		a, is := readAuthorize(raw)
		if is != (a.URL != "") || is && !strings.Contains(a.API, "://") {
			t.Errorf("got %+v, %v", a, is)
		}
	})
}

func FuzzRuling(f *testing.F) {
	f.Add("https://error.workos.com/sso/client-id-invalid", "", `<body data-hak-page="redirect-uri-invalid">`, 200)
	f.Add("https://acme-staging.authkit.app/", "https://web/callback", "", 302)
	f.Fuzz(func(t *testing.T, last, next, body string, status int) {
		u, err := url.Parse(last)
		if err != nil {
			return
		}
		chain := web.Chain{Hops: []*web.Response{{URL: u, Status: status, Body: []byte(body)}}}
		if to, err := url.Parse(next); err == nil && next != "" {
			chain.Next = to
		}
		var r Ruling
		r.read(chain)
		if r.Accepted && (r.Reason != "" || r.Status != http.StatusOK) {
			t.Errorf("got %+v", r)
		}
	})
}

func FuzzReadKeys(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","n":"AQAB","kid":"a"}]}`))
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, k := range readKeys(body) {
			if k.Bits < 0 || k.Bits > 8*len(body) {
				t.Errorf("got %+v", k)
			}
		}
	})
}

func FuzzReadProviders(f *testing.F) {
	f.Add("providers: configured providers: [CustomJWT(issuer=https://a, app_id=none), OIDC(domain=b, app_id=c)]")
	f.Add("(no providers configured)")
	f.Fuzz(func(t *testing.T, message string) {
		providers, listed := readProviders(message)
		if len(providers) > 0 && !listed || len(providers) > 100 {
			t.Errorf("got %d providers, listed %v", len(providers), listed)
		}
	})
}

func FuzzReadDeployKey(f *testing.F) {
	f.Add("preview:acme:web|secret")
	f.Add("eyJ2")
	f.Add("prod:a|b|c")
	f.Fuzz(func(t *testing.T, key string) {
		k, err := ReadDeployKey(key)
		if err != nil {
			_, secret, _ := strings.Cut(key, "|")
			if len(secret) > 12 && strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds the secret: %v", err)
			}
			return
		}
		if k.Kind == "" || strings.ContainsAny(k.Team+k.Project+k.Deployment+k.Environment, "|:/ ") {
			t.Errorf("got %+v", k)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add(401, "Server", "Vercel", "<title>Authentication Required</title>")
	f.Add(302, "Location", "https://vercel.com/sso-api?url=x", "")
	f.Add(307, "Set-Cookie", "wos-session=; Max-Age=0", "")
	f.Add(500, "Content-Type", "text/plain; charset=utf-8", "Internal Server Error")
	f.Fuzz(func(t *testing.T, status int, name, value, body string) {
		a := Answer{Method: "GET", URL: "https://web.vercel.app/", Status: status, Header: http.Header{http.CanonicalHeaderKey(name): {value}}, Body: body}
		if short := a.Short(); len(short) > 600 || utf8.ValidString(value) && utf8.ValidString(body) && !utf8.ValidString(short) {
			t.Errorf("got %q", short)
		}
		_ = a.Wall()
		_ = a.Deletes(SessionCookie)
		_ = cookies(nil).take(a).String()
	})
}
