package report

import (
	"regexp"
	"testing"
)

// recognisers find what GitHub makes something of in text that stands in no
// code, by what it is. They follow GitHub's own pages (basic writing and
// formatting syntax, autolinked references, mathematical expressions) and the
// autolinks of the GFM specification, and know nothing of risky.
var recognisers = map[string]*regexp.Regexp{
	"a mention of a person or a team": regexp.MustCompile(`(?i)(?:^|[^a-z0-9_` + "`" + `])@[a-z0-9]`),
	"an e-mail address":               regexp.MustCompile(`(?i)[a-z0-9._+-]+@[a-z0-9_-]`),
	"an address":                      regexp.MustCompile(`(?i)\b(?:https?|ftp|mailto|xmpp):(?://|[^\s]*@)`),
	"an address without a scheme":     regexp.MustCompile(`(?i)\bwww\.`),
	"an issue":                        regexp.MustCompile(`(?i)#[0-9]|\bgh-[0-9]`),
	"a commit":                        regexp.MustCompile(`(?i)(?:^|[^0-9a-z_])[0-9a-f]{7,40}(?:[^0-9a-z_]|$)`),
	"an advisory":                     regexp.MustCompile(`(?i)\b(?:ghsa-[0-9a-z]|cve-[0-9])`),
	"an emoji":                        regexp.MustCompile(`(?i):[a-z0-9_+-]+:`),
	"a formula":                       regexp.MustCompile(`\$`),
}

// suspicious is in every text that one of the recognisers takes.
var suspicious = regexp.MustCompile(`(?i)[@#$:]|www\.|gh|cve|[0-9a-f]{7}`)

// recognised names what GitHub would make of a text, or nothing.
func recognised(s string) string {
	if !suspicious.MatchString(s) {
		return ""
	}
	for what, pattern := range recognisers {
		if pattern.MatchString(s) {
			return what
		}
	}
	return ""
}

func TestRecognisers(t *testing.T) {
	for text, want := range map[string]string{
		"ask @octocat": "a mention of a person or a team", "(@acme/web)": "a mention of a person or a team",
		"me@acme.example": "an e-mail address", "HTTPS://acme.example": "an address", "mailto:a": "",
		"www.acme.example": "an address without a scheme", "#12": "an issue", "acme/web#12": "an issue", "GH-12": "an issue",
		"at 4e1243b.": "a commit", "4e1243": "", "GHSA-jrvc-8hp2-4xrv": "an advisory", "CVE-2026-1": "an advisory",
		":tada:": "an emoji", "a: b: c": "", "$5": "a formula", "C# 12, a @ b, x-gh": "",
	} {
		if got := recognised(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
