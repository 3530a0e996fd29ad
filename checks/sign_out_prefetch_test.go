package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/rules"
)

func TestSignOutPrefetch(t *testing.T) {
	chunk := preview + "/_next/static/chunks/a.js"
	link := func(path string) facts.Link {
		return facts.Link{Path: path, Prefetch: facts.Prefetches, Source: chunk, Offset: 12}
	}
	quiet := facts.Link{Path: "/sign-out", Source: chunk}
	links := func(all []facts.Link, outs ...facts.SignOut) []gate.Given {
		return given(facts.SignOuts.Is(outs), facts.ClientBundle.Is(facts.Bundle{Chunks: 9, Links: all}))
	}
	ends, harmless := endingSession("/sign-out"), out("/sign-out", page("/sign-out", 200))
	fails := func(path string) gate.Verdict {
		return gate.Fail("Next.js prefetches %s, which signs visitors out", path).
			FixedBy("Set `prefetch={false}` on the `<Link href=\"%s\">`; better, sign out in a server action.", path)
	}
	none := gate.Pass("no link that Next.js prefetches signs visitors out (links to sign-out: 1)")
	judge(t, SignOutPrefetch, []trial{
		{
			name: "a Link to a route that signs out", facts: links([]facts.Link{quiet, link("/sign-out")}, ends),
			want: fails("/sign-out").Because("link in the client bundle", chunk+", byte 12").Because("GET /sign-out", "deletes wos-session"),
		},
		{name: "with a query", facts: links([]facts.Link{link("/sign-out?from=menu")}, ends), want: fails("/sign-out?from=menu")},
		{name: "with a fragment", facts: links([]facts.Link{link("/sign-out#x")}, ends), want: fails("/sign-out#x")},
		{name: "with a slash at its end", facts: links([]facts.Link{link("/sign-out/")}, ends), want: fails("/sign-out/")},
		{name: "a link that is not prefetched", facts: links([]facts.Link{quiet}, ends), want: none},
		{name: "a route that asks first", facts: links([]facts.Link{link("/sign-out")}, harmless), want: none},
		{name: "links elsewhere", facts: links([]facts.Link{link("/"), link("/sign-out-of-beta")}, ends), want: gate.Pass("no link to a sign-out route is in what public pages load")},
		{name: "no links", facts: links(nil, ends), want: gate.Pass("no link to a sign-out route is in what public pages load")},
		{
			name: "a chunk that could not be read", facts: given(facts.SignOuts.Is([]facts.SignOut{ends}), facts.ClientBundle.Is(facts.Bundle{Chunks: 8, Missed: 1})),
			want: gate.Unsure("1 of 9 client chunks could not be read"),
		},
	})
}

const linkFile = "apps/web/app/page.tsx"

// linked gives the sources a link to a sign-out, with the diff that mends it.
func linked(severity rules.Severity, edit *rules.Edit, patch string) func(*source.Repository) {
	return func(r *source.Repository) {
		r.Findings.Links = append(r.Findings.Links, rules.Link{
			Position: spot(linkFile, 12, 9, "<Link"), Path: "/sign-out", Route: "apps/web/app/sign-out/route.ts", Severity: severity, Edit: edit,
		})
		r.Patches = append(r.Patches, patch)
	}
}

const plainFix = "Set `prefetch={false}` on the link to `/sign-out`; better, sign out in a server action."

func TestSignOutPrefetchInSource(t *testing.T) {
	moot := facts.SignOuts.IsMissing(gate.Moot("there is no preview"))
	in := func(changes ...func(*source.Repository)) []gate.Given { return plus(sourced(changes...), moot) }
	fails := gate.Fail("Next.js prefetches /sign-out, which signs visitors out")
	place := gate.Evidence{What: "link", Saw: "<Link", File: linkFile, Line: 12, Column: 9, EndColumn: 14}
	route := gate.Evidence{What: "route that signs out", Saw: "GET /sign-out", File: "apps/web/app/sign-out/route.ts"}
	edit := &rules.Edit{File: linkFile, Start: 200, End: 200, Text: " prefetch={false}"}
	const diff = "-      <Link href=\"/sign-out\">\n+      <Link prefetch={false} href=\"/sign-out\">\n"
	mended := fails.FixedBy("Stop the prefetch in `" + linkFile + "`; better, sign out in a server action:\n\n```diff\n" + diff + "```")
	none := func(n string) gate.Verdict {
		return gate.Pass("no link in the source prefetches a route that signs out (links to sign-out: %s)", n)
	}
	judge(t, SignOutPrefetch, []trial{
		{name: "a link with its diff", facts: in(linked(rules.Error, edit, diff)), want: mended.At(place).At(route)},
		{name: "a link that no edit is sure to mend", facts: in(linked(rules.Error, nil, "")), want: fails.FixedBy(plainFix).At(place).At(route)},
		{name: "a link whose file changed since", facts: in(linked(rules.Error, edit, "")), want: fails.FixedBy(plainFix)},
		{name: "the diff of the link that fails, not of another", facts: in(linked(rules.None, edit, "-a\n+b\n"), linked(rules.Error, edit, diff)), want: mended},
		{name: "a link that does not prefetch", facts: in(linked(rules.None, nil, "")), want: none("1")},
		{name: "a link of which it is not sure", facts: in(linked(rules.Warning, nil, "")), want: none("1")},
		{name: "no link", facts: in(), want: none("0")},
		{name: "taken back", facts: in(linked(rules.Error, edit, diff), ignoring(linkFile, 12, "sign-out-prefetch", "a demonstration")), want: none("1")},
		{name: "taken back without a reason", facts: in(linked(rules.Error, edit, diff), ignoring(linkFile, 12, "sign-out-prefetch", "")), want: mended},
		{
			name: "a page that was not read", facts: in(unread("apps/web/app/dashboard/page.tsx", "it could not be parsed: x")),
			want: gate.Unsure("nothing was found, but apps/web/app/dashboard/page.tsx was not read: it could not be parsed: x"),
		},
	})
}

func TestSignOutPrefetchInBothHalves(t *testing.T) {
	outs := facts.SignOuts.Is([]facts.SignOut{endingSession("/sign-out")})
	bundle := func(name string, links ...facts.Link) half {
		return half{name, given(outs, facts.ClientBundle.Is(facts.Bundle{Chunks: 9, Links: links}))}
	}
	const noLink = "no link in the source prefetches a route that signs out (links to sign-out: 0)"
	inSource := gate.Fail("Next.js prefetches /sign-out, which signs visitors out").FixedBy(plainFix)
	failed := gate.Fail("Next.js prefetches /sign-out, which signs visitors out").
		FixedBy("Set `prefetch={false}` on the `<Link href=\"/sign-out\">`; better, sign out in a server action.")
	passed, down := gate.Pass("no link to a sign-out route is in what public pages load"), gate.Unsure("no answer")
	unsure := gate.Unsure("1 of 9 client chunks could not be read")
	combined(t, SignOutPrefetch, []half{
		{"failed", sourced(linked(rules.Error, nil, ""))},
		{"passed", sourced()},
		{"unknown", sourced(unread(linkFile, "it could not be parsed: x"))},
		noSource,
	}, []half{
		bundle("failed", facts.Link{Path: "/sign-out", Prefetch: facts.Prefetches}),
		bundle("passed"),
		{"unknown", given(outs, facts.ClientBundle.Is(facts.Bundle{Chunks: 8, Missed: 1}))},
		{"down", given(outs, facts.ClientBundle.IsMissing(errors.New("no answer")))},
		{"not given", given(facts.SignOuts.IsMissing(gate.Moot("there is no preview")))},
	}, []gate.Verdict{
		inSource, inSource, inSource, inSource, inSource,
		failed, passed, gate.Pass("%s", noLink), down, gate.Pass("%s", noLink),
		failed, passed, unsure, down, gate.Unsure("nothing was found, but " + linkFile + " was not read: it could not be parsed: x"),
		failed, passed, unsure, down, gate.Skip("there is no preview"),
	})
}
