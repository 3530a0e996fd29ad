package report

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/previewgate/previewgate/gate"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
)

// rendered returns the page as GitHub would lay it out, and with all HTML
// that is in it.
func rendered(t *testing.T, markdown string) *html.Node {
	t.Helper()
	var page bytes.Buffer
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(renderer.WithUnsafe(), renderer.WithHardWraps()))
	if err := md.Convert([]byte(markdown), &page); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// checkPage fails the test if the page holds anything that foreign text put
// there.
func checkPage(t *testing.T, r gate.Report) {
	t.Helper()
	page := Markdown(r, style())
	if strings.Contains(page, "<!--") || !utf8.ValidString(page) {
		t.Error("the page holds a comment or is no UTF-8")
	}
	count := make(map[string]int)
	for n := range rendered(t, page).Descendants() {
		if n.Type == html.ElementNode {
			count[n.Data]++
		}
		checkNode(t, r, n)
	}
	if count["h3"] != 1 || count["details"] != 1 || count["table"] != 1 {
		t.Errorf("headings, folds, tables: %d, %d, %d", count["h3"], count["details"], count["table"])
	}
	if cells := 4 * len(r.Results); count["td"] != cells || count["th"] != 4 {
		t.Errorf("%d cells, want %d", count["td"], cells)
	}
	if t.Failed() {
		t.Logf("%+v\n%s", r, page)
	}
}

func checkNode(t *testing.T, r gate.Report, n *html.Node) {
	t.Helper()
	elements := strings.Fields("html head body h3 p strong a code pre ul li br details summary table thead tbody tr th td")
	switch n.Type {
	case html.ElementNode:
		if !slices.Contains(elements, n.Data) {
			t.Errorf("element %s", n.Data)
		}
		for _, a := range n.Attr {
			checkAttribute(t, r, n.Data+" "+a.Key, a.Val)
		}
	case html.TextNode:
		if inside := n.Parent.Data; inside != "code" && inside != "a" {
			checkText(t, n.Data)
		}
	default:
		t.Errorf("%q is neither an element nor text", n.Data)
	}
}

func checkAttribute(t *testing.T, r gate.Report, name, value string) {
	t.Helper()
	s := style()
	switch {
	case name == "a href" && (value == r.Target.URL || value == s.RunURL || strings.HasPrefix(value, s.DocsURL+"#")):
	case name == "code class" && slices.Contains([]string{"language-text", "language-sh", "language-json"}, value):
	default:
		t.Errorf("attribute %s=%q", name, value)
	}
}

// checkText knows what GitHub looks for in text, apart from the code of this
// package.
func checkText(t *testing.T, s string) {
	t.Helper()
	for _, bad := range []string{"@", "$", "://", "www.", "WWW.", "#1", "GH-1", "gh-1", ":tada:", "4e1243bd", "\x1b", "\u202e", "\u200b"} {
		if strings.Contains(s, bad) {
			t.Errorf("text %q holds %q", s, bad)
		}
	}
}

func TestForeignTextStaysText(t *testing.T) {
	for name, r := range samples() {
		if name != "long" {
			t.Run(name, func(t *testing.T) { checkPage(t, r) })
		}
	}
}

// foreign is a report that is foreign text all over.
func foreign(s string) gate.Report {
	c := &gate.Check{ID: s, Title: s, Fix: s}
	other := &gate.Check{ID: "other", Title: s}
	v := gate.Verdict{Status: gate.Failed, Summary: s, Fix: s, Evidence: []gate.Evidence{
		{What: s, Saw: s, File: s, Line: 1}, {Saw: s}, {What: "in `" + s + "`", Saw: "a\n" + s},
	}}
	unsure := gate.Verdict{Status: gate.Unknown, Summary: "why: " + s, Fix: s, Evidence: v.Evidence}
	return gate.Report{
		Target: gate.Target{URL: s, SHA: s, Project: s, Branch: s},
		Results: []gate.Result{
			{Check: c, Verdict: v},
			{Check: c, Verdict: unsure},
			advisory(gate.Result{Check: other, Verdict: v}),
			{Check: other, Verdict: gate.Verdict{Status: gate.Skipped, Summary: "`" + s + "` " + s, Unlock: s}},
			{Check: other, Verdict: gate.Verdict{Status: gate.Passed, Summary: s + "`x`" + s}},
			waitingFor(c, other),
		},
		Learned: []gate.Learned{{Fact: s, Err: errors.New(s)}},
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range hostilePieces() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkPage(t, foreign(s))
		if got := Description(foreign(s), style()); utf8.RuneCountInString(got) > descriptionCap {
			t.Errorf("%q is too long", got)
		}
	})
}

// hostilePieces are texts that once broke a page, here or elsewhere.
func hostilePieces() []string {
	pieces := []string{
		hostileText, "", " ", "`", "``", "` `", "a`b", "`a", "a`", "\\", "a\\", "\\`", "\\|", "|", "`|`", "`\\|`",
		"```", "```\nx", "~~~\nx", "x\n```mermaid\ny\n```", "````\n```\n````", "$`x`$", "@a`b`", "`b`@a",
		"<!--", "<!<!----", "<!-- --><!--", "&lt;!--", "&#64;x", "**", "__a__", "a_b_c", "_a_", "*a", "***",
		"[a]: //e", "[^1]", "[^1]: x", "- [ ] x", "> [!NOTE]", "# x", "1. x", "+ x", "=== ", "---", "a\n---", "    x",
		"https://evil.example", "https://evil.example/a(b)", "HTTPS://EVIL.EXAMPLE", "//evil.example", "www.evil.example",
		"mailto:a@b.example", "a@b.example", "@a", "(@a)", "#1", "o/r#1", "GH-1", "gh-1", ":tada:", "(:tada:)", ":tada",
		"</details>", "</summary>", "<details>", "<b", "\r", "\x00", "\x1b[2J", "\u202e", "\u200b", "\u3164", "\xff", "\u2028",
		"4e1243bd22c66e76", "x4e1243bd", strings.Repeat("`", 400), strings.Repeat("a`", 400), strings.Repeat("<", 5000),
		"https://web.vercel.app", "https://web.vercel.app/a_b", "javascript:alert(1)", "https://a@b.example/",
	}
	return pieces
}

func TestLongForeignTextIsCut(t *testing.T) {
	for got, want := range map[string]string{
		inline(strings.Repeat("é", 310)):                          strings.Repeat("é", 300) + "… (10 more characters)",
		inline("see `" + strings.Repeat("é", 310) + "` now"):      "see `" + strings.Repeat("é", 296) + "…` (18 more characters)",
		span(strings.Repeat("`", 301)):                            strings.Repeat("`", 301) + " " + strings.Repeat("`", 300) + "… " + strings.Repeat("`", 301) + " (1 more character)",
		strings.Join(excerpt(strings.Repeat("x\n", 12))[9:], "|"): "x|… (2 more lines)",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
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
		"https://web.vercel.app":              true,
		"https://web.vercel.app/a_b/%20#c-d":  true,
		"http://web.vercel.app":               false,
		"https://a@web.vercel.app":            false,
		"https://web.vercel.app/?q=1":         false,
		"https://web.vercel.app/a(b)":         false,
		"https://":                            false,
		"javascript://web.vercel.app/%0a1":    false,
		"https://web.vercel.app/\"onload=\"x": false,
	} {
		if got := isPlain(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}
