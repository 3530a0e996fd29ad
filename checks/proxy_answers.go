package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ProxyAnswers asks whether AuthKit's proxy runs without throwing.
//
// AuthKit refuses to start when the cookie password is unset or shorter than
// 32 characters, when the client id is unset, or when there is no redirect
// URI. Its proxy then throws on every route that it covers, while static
// files are served as ever, and the build is green. From outside the four
// causes look the same; the deployment's runtime log names the one.
//
// # Fix
//
// Look the message up in the deployment's runtime logs:
//
//	You must provide a valid cookie password that is at least 32 characters
//	clientId is required
//	You must provide a redirect URI
//
// and set the variable that it means for the Preview environment. A password
// is made by:
//
//	openssl rand -base64 32
var ProxyAnswers = &gate.Check{
	ID:    "proxy-answers",
	Stage: gate.StageSignIn,
	Title: "AuthKit's proxy does not throw",
	Fix:   "Set `WORKOS_COOKIE_PASSWORD` (at least 32 characters), `WORKOS_CLIENT_ID` and a redirect URI for the Preview environment and redeploy; the runtime log says which of them it is.",
	Needs: []gate.Need{facts.FrontPage, facts.SignInPage},
	Uses:  []gate.Need{facts.ProtectedPages, facts.MissingAsset, facts.ClientBundle},
	After: []*gate.Check{PreviewReachable, PreviewEnv},
	Judge: proxyAnswers,
}

func proxyAnswers(known *gate.Facts) gate.Verdict {
	visits := []facts.Visit{facts.SignInPage.From(known)}
	if front := facts.FrontPage.From(known); front.Hops != nil {
		visits = append([]facts.Visit{front.Visit}, visits...)
	}
	if pages, err := facts.ProtectedPages.Lookup(known); err == nil {
		visits = append(visits, pages...)
	}
	var threw, answered []facts.Hop
	for _, v := range visits {
		if hop := v.First(); proxyThrew(hop) {
			threw = append(threw, hop)
		} else {
			answered = append(answered, hop)
		}
	}
	if threw == nil {
		return gate.Pass("%s answers %s", answered[0].Request(), answered[0].Short())
	}
	if answered == nil && !slices.ContainsFunc(threw, namedByVercel) && !staticAnswers(known) {
		return gate.Unsure("every path that was tried fails, and no static file shows that only the proxy does: %s answers %s", threw[0].Request(), threw[0].Short())
	}
	v := gate.Fail("AuthKit's proxy throws on %s", where(threw, answered))
	for _, hop := range threw {
		v = v.Because(hop.Request(), hop.Short())
	}
	if id := threw[0].Header.Get("X-Vercel-Id"); id != "" {
		v = v.Because("request id for the runtime log", id[strings.LastIndex(id, ":")+1:])
	}
	return v
}

func where(threw, answered []facts.Hop) string {
	if answered == nil {
		return fmt.Sprintf("every route (%d of %d tried)", len(threw), len(threw))
	}
	return fmt.Sprintf("%d of %d routes tried", len(threw), len(threw)+len(answered))
}

// proxyThrew recognises the answer of a proxy that threw: Vercel's error code
// for it, or the bare text that Next.js' own server gives. A page or a route
// that throws answers with HTML, JSON or nothing instead.
func proxyThrew(hop facts.Hop) bool {
	bare := hop.Type() == "text/plain" && strings.TrimSpace(hop.Body) == "Internal Server Error"
	return namedByVercel(hop) || hop.Status == 500 && bare
}

// namedByVercel reports whether Vercel itself says that the proxy threw.
func namedByVercel(hop facts.Hop) bool {
	return hop.Header.Get("X-Vercel-Error") == "MIDDLEWARE_INVOCATION_FAILED"
}

// staticAnswers reports whether something that the proxy does not cover is
// served, so that the deployment as such is alive.
func staticAnswers(known *gate.Facts) bool {
	if b, err := facts.ClientBundle.Lookup(known); err == nil && b.Chunks > 0 {
		return true
	}
	asset, err := facts.MissingAsset.Lookup(known)
	return err == nil && !proxyThrew(asset)
}
