package report

import (
	"slices"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

// prefetching is a report of links that prefetch the sign-out, at those lines.
func prefetching(host string, lines ...int) gate.Report {
	v := gate.Fail("`%s` prefetches its sign-out", host)
	for _, line := range lines {
		v = v.At(gate.Evidence{What: "link", Saw: "https://" + host + "/sign-out", File: "src/nav.tsx", Line: line, Column: 9, EndColumn: 14})
	}
	return reportOf(judged(signOut(), v))
}

// prints are the fingerprints of a report's results, in their order.
func prints(t *testing.T, r gate.Report) []string {
	t.Helper()
	_, log := sarifOf(t, r)
	var all []string
	for _, res := range log.Runs[0].Results {
		all = append(all, res.Fingerprints["primaryLocationLineHash"])
	}
	return all
}

func TestFingerprintsLast(t *testing.T) {
	before := prints(t, prefetching("web-a1.vercel.app", 10, 20, 30))
	if distinct := slices.Compact(slices.Sorted(slices.Values(before))); len(distinct) != 3 {
		t.Fatalf("three findings have the fingerprints %q", before)
	}
	if after := prints(t, prefetching("web-a1.vercel.app", 14, 24, 90)); !slices.Equal(before, after) {
		t.Errorf("lines moved, and %q became %q", before, after)
	}
	if after := prints(t, prefetching("web-b2.vercel.app", 10, 20, 30)); !slices.Equal(before, after) {
		t.Errorf("the preview moved, and %q became %q", before, after)
	}
	if after := prints(t, prefetching("web-a1.vercel.app", 30, 10, 20)); !slices.Equal(after, []string{before[2], before[0], before[1]}) {
		t.Errorf("the order changed, and %q became %q", before, after)
	}
	if after := prints(t, prefetching("web-a1.vercel.app", 10)); after[0] != before[0] {
		t.Errorf("others went, and %q became %q", before[0], after[0])
	}
	placeless := func(host string) []string { return prints(t, prefetching(host)) }
	if a, b := placeless("web-a1.vercel.app"), placeless("web-b2.vercel.app"); !slices.Equal(a, b) || slices.Contains(before, a[0]) {
		t.Errorf("without a place: %q and %q", a, b)
	}
}

func TestSARIFPlaces(t *testing.T) {
	for _, tt := range []struct {
		name string
		e    gate.Evidence
		uri  string
		want sarifRegion
	}{
		{"all known", gate.Evidence{File: "src/a.ts", Line: 3, Column: 5, EndColumn: 9}, "src/a.ts", sarifRegion{3, 5, 3, 9}},
		{"no end", gate.Evidence{File: "src/a.ts", Line: 3, Column: 5}, "src/a.ts", sarifRegion{3, 5, 3, 6}},
		{"no column", gate.Evidence{File: "src/a.ts", Line: 3}, "src/a.ts", sarifRegion{3, 1, 3, 2}},
		{"a whole file", gate.Evidence{File: "src/a.ts"}, "src/a.ts", sarifRegion{1, 1, 1, 2}},
		{"an odd name", gate.Evidence{File: `app\(auth)\[id]/page.tsx`}, "app/%28auth%29/%5Bid%5D/page.tsx", sarifRegion{1, 1, 1, 2}},
		{"the root", gate.Evidence{File: "."}, "not-in-a-file", sarifRegion{1, 1, 1, 2}},
		{"outside", gate.Evidence{File: "../a.ts", Line: 3}, "not-in-a-file", sarifRegion{1, 1, 1, 2}},
		{"nowhere", gate.Evidence{What: "header"}, "not-in-a-file", sarifRegion{1, 1, 1, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, log := sarifOf(t, reportOf(judged(signOut(), gate.Fail("no").At(tt.e))))
			checkCodeScanning(t, log)
			got := log.Runs[0].Results[0].Locations[0].Physical
			if got.Artifact.URI != tt.uri || got.Region != tt.want {
				t.Errorf("got %+v, want %s %+v", got, tt.uri, tt.want)
			}
		})
	}
}
