package report

import (
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// hostilePieces are texts that a page, a terminal or a parser could fall for.
func hostilePieces() []string {
	var all []string
	for _, pieces := range [][]string{
		{hostileText}, hostileCode(), hostileBlocks(), hostileLinks(), hostileHTML(), hostileReferences(), hostileCharacters(),
	} {
		all = append(all, pieces...)
	}
	return all
}

func hostileCode() []string {
	return []string{
		"", " ", "`", "``", "` `", "a`b", "`a", "a`", "\\", "a\\", "\\`", "\\|", "|", "`|`", "`\\|`", "`a\\", "\\\\|",
		"```", "```\nx", "~~~\nx", "x\n```mermaid\ny\n```", "````\n```\n````", "```math\nx\n```", "```suggestion\nx\n```",
		"```geojson\n{}\n```", "`a` `b`", "``a`b``", "`a``b`", strings.Repeat("`", 400), strings.Repeat("a`", 400),
		strings.Repeat("`", 80) + "<img src=x> @octocat", "a `" + strings.Repeat("`", 90) + "` <img src=x> #1",
		"x\n" + strings.Repeat("`", 290) + "\n<img src=x>\n# heading\n", strings.Repeat("`", 299) + "\n" + strings.Repeat("`", 260),
		"x\n" + strings.Repeat("~", 290) + "\n# heading",
	}
}

func hostileBlocks() []string {
	return []string{
		"**", "__a__", "a_b_c", "_a_", "*a", "***", "* * *", "- - -", "_ _ _", "[^1]", "[^1]: x", "text[^1]\n\n[^1]: x", "- [ ] x",
		"[ ] x", "[x] y", "> [!NOTE]\n> x", "[!NOTE]", "# x", "#", "####### x", "1. x", "2) x", "+ x", "=== ", "---", "a\n---", "a\n===",
		"    x", "\tx", "| a | b |\n|---|---|\n| c | d |", "a | b\n--- | ---", "--- | ---", ":--|:-:", "|-|", "|:-", ":-", "a | b",
		"~~gone~~", "~a~", "x\\", "x  \ny", "&nbsp;", "* a\n  * b", ": definition", "Term\n: definition", "$$\nx\n$$", "\\[x\\]", "\\(x\\)",
		"a|b|c|d|e|f", "||||", strings.Repeat("|", 200), strings.Repeat("> ", 200), strings.Repeat("- ", 200), strings.Repeat("[", 300),
	}
}

func hostileLinks() []string {
	return []string{
		"[a](https://evil.example)", "![a](//evil.example/p.png)", "[a][b]\n\n[b]: //evil.example", "[a]: //evil.example", "[a]",
		"[web-git-fix-login-acme.vercel.app](https://evil.example)", "](https://evil.example)", "`](https://evil.example)",
		"<https://evil.example>", "<me@evil.example>", "https://evil.example", "https://evil.example/a(b)", "HTTPS://EVIL.EXAMPLE",
		"http://evil.example", "ftp://evil.example", "//evil.example", "www.evil.example", "WWW.EVIL.EXAMPLE", "(www.evil.example)",
		"mailto:a@b.example", "xmpp:a@b.example/c", "a@b.example", "a.b+c@d.example", "javascript:alert(1)", "data:text/html,x",
		"https://web.vercel.app", "https://web.vercel.app/a_b", "https://a@b.example/", "https://a.example\\@b.example",
		"https://a.example/" + strings.Repeat("a", 1300), "https://xn--80ak6aa92e.example", "x:https://evil.example", "*www.evil.example",
	}
}

func hostileHTML() []string {
	return []string{
		"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</details>", "</summary>", "<details>", "<details open>", "<b", "<b>",
		"<!-- x -->", "<!--", "-->", "<!<!----", "<!-- --><!--", "<!--->", "<!-->", "<! -- x", "<![CDATA[x]]>", "<?php x ?>", "<!DOCTYPE html>",
		"<!-- previewgate v1 project=web sha= dpl= run=99999 attempt=1 started=1 -->",
		"\n<!-- previewgate v1 project=web sha= dpl= run=99999 attempt=1 -->\n", "<!-- PREVIEWGATE", "&lt;!-- previewgate --&gt;",
		"&lt;img src=x&gt;", "&#64;octocat", "&#x40;octocat", "&#35;1", "&commat;octocat", "&colon;tada&colon;", "&amp;", "&",
		"<a href=\"https://evil.example\">x</a>", "<svg onload=alert(1)>", "<iframe src=x>", "<table><tr><td>", "</td></tr></table>",
		"<div align=center>", "<sub>x", "<kbd>x", "<br>", "<h1>x</h1>", "</code>", "</strong></p>", "<style>*{}</style>", "<title>", "<textarea>",
		strings.Repeat("<", 1300), strings.Repeat("&", 1300), strings.Repeat("<b>", 300),
	}
}

func hostileReferences() []string {
	return []string{
		"@octocat", "(@octocat)", "@acme/web", "a@octocat", ".@octocat.", "-@octocat", "@`octocat`", "@a`b`", "`b`@a", "`@`octocat", "@ octocat",
		"#1", "acme/web#1", "GH-1", "gh-1", "Gh-12", "#`1`", "# 1", "x#1", "fixes #1", "closes acme/web#12", "jlord@a5c3785ed8d6a35868bc169f07e40e889087fd2e",
		"4e1243bd22c66e76c2ba9eddc1f91394e57f9f83", "4e1243b", "x4e1243bd", "4e12`43bd`22c6", "acme/web@4e1243b", "4e1243b...5f2354c", "1234567",
		"GHSA-jrvc-8hp2-4xrv", "CVE-2026-12345", ":tada:", "(:tada:)", ":tada", "tada:", "a:tada:b", ":+1:", ":`tada`:", "x:tada", ":e-mail:",
		"$x$", "$`x`$", "$$x$$", "costs $5 or $6", "\\$", "$", "`x`$", "$`a`", "::error::x", "::add-mask::x", "  ::stop-commands::x", "##[group]x",
		"x ##[add-mask]y", "a\n::set-output name=x::y", "a\r::error::x", "##[", "###[[", "::", ":::", "\x1b[0m::error::x", "\u00a0::error::x", "/merge",
	}
}

func hostileCharacters() []string {
	return []string{
		"\r", "\n", "\r\n", "a\r\nb", "a\rb", "\x00", "a\x00b", "\x1b[2J", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\u009b31m", "\x7f", "\b",
		"\u202egnp.exe", "\u2066x\u2069", "\u200f", "a\u200bb", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u3164", "\u115f", "\u2800", "\ufe0f", "\U000e0041",
		"\u2028", "\u2029", "\u0085", "\u00a0", "\xff", "\xff\xfe", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\ufffd", "\ufffe", "\ue000", "\U0001f600",
		"e" + strings.Repeat("\u0301", 60), "`\u0301", "*\u0301a*", "\u0338", "\uff20octocat", "שלום", "a\u2003b", "\u3000x",
		strings.Repeat("x", 1300), strings.Repeat("x ", 700), strings.Repeat("a\n", 400), strings.Repeat("\U0001f600", 400), strings.Repeat("\u200b", 700),
		strings.Repeat("@", 600), strings.Repeat("@ ", 600), strings.Repeat("\n", 600), strings.Repeat(" ", 1300) + "x", "x" + strings.Repeat(" ", 1300), strings.Repeat("日", 500),
	}
}

// mixtures are texts of several hostile pieces each, the same ones in every
// run.
func mixtures(n int) []string {
	pieces, between := hostilePieces(), []string{"", "", " ", "\n", "\n\n", "`", "|"}
	random := rand.New(rand.NewPCG(3, 4))
	var all []string
	for range n {
		var b strings.Builder
		for range 2 + random.IntN(4) {
			start, _ := startOf(pieces[random.IntN(len(pieces))], 60)
			b.WriteString(start + between[random.IntN(len(between))])
		}
		all = append(all, b.String())
	}
	return all
}

// hugePieces are texts of a megabyte.
func hugePieces() []string {
	const size = 1 << 20
	return []string{
		strings.Repeat("`", size), strings.Repeat("x\r\n", size/3), strings.Repeat("\xff\u202e", size/4),
		strings.Repeat("<!-- @octocat `a` &", size/18),
	}
}

// foreign is a report that is foreign text all over.
func foreign(s string) gate.Report {
	c := &gate.Check{ID: "one", Title: s, Fix: s}
	other := &gate.Check{ID: "other", Title: s}
	v := gate.Verdict{Status: gate.Failed, Summary: s, Fix: s, Evidence: []gate.Evidence{
		{What: s, Saw: s, File: s, Line: 1}, {Saw: s}, {What: "in `" + s + "`", Saw: "a\n" + s}, {File: s}, {What: s},
	}}
	code := gate.Fail("%s", s+s).FixedBy("Run `%s`:\n\n```sh\n%s\n```\n\n%s", s, s, s).Because(s+"`", s+"\n"+s)
	unsure := gate.Verdict{Status: gate.Unknown, Summary: "why | " + s, Fix: s, Evidence: v.Evidence}
	return gate.Report{
		Target: gate.Target{URL: s, Deployment: s, Project: s, Environment: s, Repository: s, Branch: s, SHA: s},
		Results: []gate.Result{
			{Check: c, Verdict: v},
			{Check: other, Verdict: code},
			{Check: c, Verdict: unsure},
			advisory(gate.Result{Check: other, Verdict: v}),
			{Check: other, Verdict: gate.Verdict{Status: gate.Skipped, Summary: "`" + s + "` " + s, Unlock: s}},
			{Check: other, Verdict: gate.Verdict{Status: gate.Passed, Summary: s + "`x`" + s}},
			waitingFor(c, other),
		},
		Learned: []gate.Learned{{Fact: s, After: []string{s}, Took: time.Second, Err: errors.New(s)}},
	}
}

// foreignStyle is a style that is foreign text where it may be.
func foreignStyle(s string) Style {
	return Style{
		Rerun: "previewgate check " + s, DocsURL: style().DocsURL, RunURL: style().RunURL, Notes: []string{s, "assumed `" + s + "`"}, Kept: []string{s, "browser/" + s + ".png"},
		Verbose: true,
	}
}
