package report

import (
	"strings"
	"testing"
)

func TestLongForeignTextIsCut(t *testing.T) {
	for got, want := range map[string]string{
		inline(strings.Repeat("é", 310)):                          strings.Repeat("é", 300) + "… (10 more characters)",
		inline("see `" + strings.Repeat("é", 310) + "` now"):      "see `" + strings.Repeat("é", 296) + "…` (18 more characters)",
		span(strings.Repeat("`", 301)):                            strings.Repeat("`", 17) + " " + strings.Repeat("`", 16) + "…… " + strings.Repeat("`", 17) + " (1 more character)",
		strings.Join(excerpt(strings.Repeat("x\n", 12))[9:], "|"): "x|… (2 more lines)",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestWhatIsNotSeenIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"e" + strings.Repeat("\u0301", 5): "e\u0301\u0301\u0301" + `\u0301\u0301`,
		"a\u2800b\u200bc\x7f\u00a0":       `a\u2800b\u200bc\x7f\u00a0`,
		"\xed\xa0\x80":                    "\uFFFD",
		"e\u0301e\u0301 \u0e01\u0e33":     "e\u0301e\u0301 \u0e01\u0e33",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: got %+q, want %+q", text, got, want)
		}
	}
}

func TestCountsAreNoCommits(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1048576: "1,048,576", 12345678: "12,345,678"} {
		if got := grouped(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestInlineKeepsItsOwnCode(t *testing.T) {
	for text, want := range map[string]string{
		"set `convex.json`'s `preview` key": "set `convex.json`'s `preview` key",
		"WORKOS_CLIENT_ID is *not* set":     `WORKOS_CLIENT_ID is \*not\* set`,
		"it goes to https://a.example, not": "it goes to `https://a.example`, not",
		"ask @octocat (or #12)":             "ask `@octocat` (or `#12`)",
		"``a`b`` and `c":                    "``a`b`` and \\`c",
		"costs $5":                          "costs `$5`",
		"tab\there\nand there":              "tab here and there",
	} {
		if got := inline(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestOnlyPlainAddressesBecomeLinks(t *testing.T) {
	for address, want := range map[string]bool{
		"https://web.vercel.app":                             true,
		"https://web.vercel.app/a_b/%20#c-d":                 true,
		"http://web.vercel.app":                              false,
		"https://a@web.vercel.app":                           false,
		"https://web.vercel.app/?q=1":                        false,
		"https://web.vercel.app/a(b)":                        false,
		"https://":                                           false,
		"https://web.vercel.app/" + strings.Repeat("a", 500): false,
		"javascript://web.vercel.app/%0a1":                   false,
		"https://web.vercel.app/\"onload=\"x":                false,
	} {
		if got := isPlain(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}
