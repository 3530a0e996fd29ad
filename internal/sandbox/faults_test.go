package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestFaultsAreWellFormed(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	env := Healthy().Env()
	for _, f := range Faults() {
		if !id.MatchString(f.ID) || seen[f.ID] || f.Title == "" || !id.MatchString(f.Check) || f.Break == nil {
			t.Errorf("%+v", f)
		}
		seen[f.ID] = true
		for _, name := range f.With {
			if env[name] == "" {
				t.Errorf("%s is given %s, which is no credential of the world", f.ID, name)
			}
		}
	}
	for _, v := range Variants() {
		if !id.MatchString(v.ID) || seen[v.ID] || v.Title == "" || v.Apply == nil {
			t.Errorf("%+v", v)
		}
		seen[v.ID] = true
	}
}

func TestFaultsFollowTheChain(t *testing.T) {
	order := []string{
		"preview-built", "preview-reachable", "preview-env", "secrets-not-public", "proxy-answers", "proxy-covers", "protected-paths", "sign-in-starts",
		"client-id-known", "client-id-agrees", "cookie-password", "redirect-uri-host", "redirect-uri-same-host", "redirect-uri-consistent", "redirect-uri-registered",
		"callback-answers", "api-key-valid", "test-account", "session-accepted", "app-api-key", "jwks-reachable", "token-issued", "token-verifies", "token-refreshes", "refresh-errors", "convex-url", "convex-reachable", "convex-env", "convex-provider", "convex-accepts-token", "convex-run", "convex-logs", "convex-fresh", "sign-out-get", "sign-out-prefetch", "homepage-url",
	}
	last := 0
	for _, f := range Faults() {
		at := slices.Index(order, f.Check)
		if at < last {
			t.Errorf("%s comes after %s", f.ID, order[last])
		}
		last = at
	}
}

func TestEveryFaultCanBeSeenWithWhatTheGateIsGiven(t *testing.T) {
	healthy := visit(t)
	for _, f := range Faults() {
		if slices.Equal(look(visit(t, f.Break), f.With), look(healthy, f.With)) {
			t.Errorf("%s: nothing differs", f.ID)
		}
	}
}

func TestWhatOnlyVercelKnowsIsSeenNowhereElse(t *testing.T) {
	healthy := look(visit(t), nil)
	for _, f := range Faults() {
		hidden := f.ID == "api-key-unset" || f.ID == "env-changed-after-build" || slices.Contains(credentialFaults(), f.ID) || slices.Contains(keyFaultIDs(), f.ID)
		if slices.Equal(look(visit(t, f.Break), nil), healthy) != hidden {
			t.Errorf("%s: hidden %t", f.ID, !hidden)
		}
	}
}

// look asks what a gate with these credentials could ask, and forgets what
// differs from one request to the next.
func look(v visitorTo, with []string) []string {
	bypass := ""
	if slices.Contains(with, "VERCEL_AUTOMATION_BYPASS_SECRET") {
		bypass = "\nX-Vercel-Protection-Bypass: " + v.world.Given["VERCEL_AUTOMATION_BYPASS_SECRET"]
	}
	clientID := v.world.App.ClientID
	requests := []string{
		"GET /" + bypass, "GET /dashboard\nAccept: text/html" + bypass, "GET /sign-in" + bypass, "GET /callback" + bypass, "GET /sign-out" + bypass,
		"GET https://api.workos.com/sso/jwks/" + clientID, "GET https://swift-lemur-482.convex.cloud/instance_name",
		"POST https://swift-lemur-482.convex.cloud/api/query_batch\nContent-Type: application/json\nAuthorization: Bearer " +
			forged("https://api.workos.com/user_management/"+clientID) + "\n\n{}",
	}
	if slices.Contains(with, "VERCEL_TOKEN") {
		token := "?" + asTeam + "\nAuthorization: Bearer " + v.world.Given["VERCEL_TOKEN"]
		requests = append(requests, "GET https://api.vercel.com/v13/deployments/"+v.world.Hosts.Deployment+token, "GET https://api.vercel.com/v10/projects/web/env"+token)
	}
	var seen []string
	for _, c := range chunks() {
		seen = append(seen, v.ask("GET "+c.path()+bypass).body)
	}
	varying := regexp.MustCompile(`Fe26\.2.*?~2|code_challenge=[\w-]+|wos-auth-verifier-\w+|[0-9a-f]{48}|iad1::[\w:-]+|Expires=[^;]+|session_id=\w+`)
	for _, request := range requests {
		got := v.ask(request)
		text := fmt.Sprint(got.status, got.header.Get("Location"), got.header.Values("Set-Cookie"), got.header.Get("X-Vercel-Error"), got.header.Get("Content-Type"), got.body)
		seen = append(seen, varying.ReplaceAllString(text, "…"))
		if location := got.header.Get("Location"); strings.Contains(location, "/user_management/authorize") {
			last, _ := follow(v, location)
			seen = append(seen, varying.ReplaceAllString(last, "…"))
		}
	}
	return slices.Concat(seen, lookSignedIn(v, with), lookWithKeys(v, with))
}

func TestVariantsKeepTheChainWhole(t *testing.T) {
	for _, variant := range Variants() {
		v := visit(t, variant.Apply)
		bypass := ""
		if slices.Contains(variant.With, "VERCEL_AUTOMATION_BYPASS_SECRET") {
			bypass = "\nX-Vercel-Protection-Bypass: " + v.world.Env()["VERCEL_AUTOMATION_BYPASS_SECRET"]
		}
		got := v.ask("GET /dashboard\nAccept: text/html" + bypass)
		last, page := follow(v, got.header.Get("Location"))
		if got.status != 307 || !strings.Contains(page.body, `data-hak-page="sign-in"`) {
			t.Errorf("%s: %d, sign-in ends at %s", variant.ID, got.status, last)
		}
		if callback := v.ask("GET /callback" + bypass); callback.status != 500 {
			t.Errorf("%s: callback %d", variant.ID, callback.status)
		}
		issuer := v.world.WorkOS.Clients[0].Issuer
		wantRefusal(t, variant.ID, present(v, newToyKey().sign(kid, map[string]any{"iss": issuer, "sub": "x", "exp": 4e9})), "", "")
	}
}
