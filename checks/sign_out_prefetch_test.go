package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestSignOutPrefetch(t *testing.T) {
	chunk := preview + "/_next/static/chunks/a.js"
	link := func(path string) facts.Link { return facts.Link{Path: path, Prefetch: true, Source: chunk, Offset: 12} }
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
