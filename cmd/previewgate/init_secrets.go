package main

import (
	"slices"
	"strings"
)

// A supply is a credential of the workflow, or two that go together.
type supply struct {
	Names []string
	Store string // of GitHub's that it is kept in: secrets, or vars for what is no secret
	Where string // where its value is to be found
}

// supplies lists them in the order in which they are worth creating.
func supplies() []supply {
	return []supply{
		{[]string{"VERCEL_AUTOMATION_BYPASS_SECRET"}, "secrets", "Vercel: the project, Settings, Deployment Protection, Protection Bypass for Automation"},
		{[]string{"WORKOS_CLIENT_ID"}, "vars", "WorkOS: API keys, of the environment that previews use; begins with client_"},
		{[]string{"WORKOS_API_KEY"}, "secrets", "WorkOS: API keys, of the same environment; sk_live_… is production's and does not belong here"},
		{[]string{"PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}, "secrets", "WorkOS: Users, of the same environment; create one for this alone, without a second factor or SSO"},
		{[]string{"WORKOS_COOKIE_PASSWORD"}, "secrets", "what the variable of this name is set to for the Preview environment in Vercel"},
		{[]string{"CONVEX_DEPLOY_KEY"}, "secrets", "Convex: the project's settings, Deploy Keys; a preview deploy key, which begins with preview:"},
		{[]string{"VERCEL_TOKEN"}, "secrets", "Vercel: vercel tokens add previewgate --project prj_…, so that it opens one project; give it an end"},
		{[]string{"VERCEL_TEAM_ID"}, "vars", "Vercel: the team's Settings, General; begins with team_"},
	}
}

// What says what s is for, in the words of the documentation.
func (s supply) What() string {
	for _, v := range variables() {
		if first, _, _ := strings.Cut(v.name, ","); first == s.Names[0] {
			return v.what
		}
	}
	return ""
}

// Comment is what the workflow says of s.
func (s supply) Comment() string {
	what := s.What()
	what = strings.ToUpper(what[:1]) + what[1:] + "."
	if unlocks := s.Unlocks(); unlocks != "" {
		what += " Unlocks " + unlocks + "."
	}
	return what
}

// An unlocking is what some credentials unlock together, on a preview that has
// it all.
type unlocking struct {
	by     []string // the first name of each supply, in the order of supplies
	beside string   // what has to be there besides
	checks []string
}

// unlockings is held to the gate by a test that takes each credential away.
func unlockings() []unlocking {
	const (
		key, password = "WORKOS_API_KEY", "WORKOS_COOKIE_PASSWORD"
		account       = "PREVIEWGATE_TEST_EMAIL"
	)
	return []unlocking{
		{[]string{key}, "", []string{"api-key-valid", "homepage-url"}},
		{[]string{key, account}, "", []string{"test-account", "token-verifies", "token-refreshes", "convex-accepts-token"}},
		{[]string{account}, "the Chrome of GitHub's runners", []string{"redirect-loop", "refresh-storm", "sign-out-background"}},
		{[]string{password}, "", []string{"cookie-password"}},
		{[]string{key, account, password}, "", []string{"session-accepted", "token-issued"}},
		{[]string{"CONVEX_DEPLOY_KEY"}, "", []string{"convex-env", "convex-logs", "convex-fresh"}},
		{[]string{"VERCEL_TOKEN"}, "", []string{"preview-env", "app-api-key", "refresh-errors"}},
	}
}

// unlockedBySource lists the checks that a checkout alone unlocks.
func unlockedBySource() []string {
	return []string{"redirect-uri-configured", "callback-route", "forced-refresh", "auth-config-valid", "auth-config-deployed"}
}

// Unlocks names the checks that s is the last to unlock, in the order of
// supplies, and what they need besides.
func (s supply) Unlocks() string {
	var parts []string
	for _, u := range unlockings() {
		last := len(u.by) - 1
		if u.by[last] != s.Names[0] {
			continue
		}
		part := listed(u.checks)
		if besides := u.besides(); len(besides) > 0 {
			part = "with " + listed(besides) + ": " + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// besides lists what is needed beside the last credential.
func (u unlocking) besides() []string {
	var all []string
	for _, s := range supplies() {
		if slices.Contains(u.by[:len(u.by)-1], s.Names[0]) {
			all = append(all, s.Names...)
		}
	}
	if u.beside != "" {
		all = append(all, u.beside)
	}
	return all
}

// listed joins words as a sentence does: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
