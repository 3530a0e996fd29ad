package report

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

// checkLimited fails the test unless the report keeps within the limit, is
// whole as far as it goes, and tells what MarkdownWithin promises.
func checkLimited(t *testing.T, r gate.Report, limit int) {
	t.Helper()
	page := MarkdownWithin(r, style(), limit)
	if len(page) > limit || len(utf16.Encode([]rune(page))) > limit {
		t.Errorf("%d bytes, want at most %d", len(page), limit)
	}
	checkSource(t, page)
	checkTree(t, byGoldmark(t, page+"\n\nthe end\n"), r, style())
	named, told := promised(r, limit)
	for _, res := range r.Results {
		if found := res.Status == gate.Failed || res.Status == gate.Unknown; found && named && !strings.Contains(page, span(res.Check.ID)) {
			t.Errorf("%s is not named within %d bytes", res.Check.ID, limit)
		}
	}
	for _, d := range r.Diagnoses() {
		if told && (!strings.Contains(page, opening(brief(clause(d.Result), briefCap))) || !strings.Contains(page, opening(brief(fixOf(d), briefCap)))) {
			t.Errorf("the cause and fix of %s are not told within %d bytes", d.Check.ID, limit)
		}
	}
	if named && !strings.Contains(page, "Left out to fit here") && page != MarkdownWithin(r, style(), 1<<30) {
		t.Errorf("the page of %d bytes does not say that it is shortened", len(page))
	}
	if t.Failed() {
		t.Logf("limit %d\n%s", limit, page)
	}
}

// promised says what the limit has room for according to MarkdownWithin.
func promised(r gate.Report, limit int) (named, told bool) {
	found := 0
	for _, res := range r.Results {
		if res.Status == gate.Failed || res.Status == gate.Unknown {
			found++
		}
	}
	return limit >= 1500+80*found, limit >= 5000+1000*found
}

// opening returns the first word of some Markdown, which it has in common
// with a longer form.
func opening(markdown string) string {
	words := strings.Fields(strings.NewReplacer("…", " ", "`", " ").Replace(markdown))
	return words[0]
}

// broken is a report of that many diagnoses with much to say, and of some
// doubts.
func broken(n int, piece func() string) gate.Report {
	r := reportOf(judged(built(), gate.Pass("")))
	for i := range n {
		c := check(fmt.Sprintf("made-up-check-number-%d", i), gate.Stages()[i%7], piece())
		v := gate.Fail("broken%d %s", i, piece()).FixedBy("Mend%d %s:\n\n```sh\n%s\n```\n\n%s", i, piece(), piece(), piece())
		for range 6 {
			v = v.At(gate.Evidence{What: piece(), Saw: piece(), File: piece(), Line: 1, Column: 2})
		}
		r.Results = append(r.Results, judged(c, v))
		if i%4 == 0 {
			doubtful := check(fmt.Sprintf("doubtful-check-%d", i), gate.StageConvex, piece())
			r.Results = append(r.Results, judged(doubtful, gate.Unsure("doubt %s", piece()).FixedBy("Try %s", piece()).Because(piece(), piece())))
		}
		if i%5 == 0 {
			r.Results = append(r.Results, waitingFor(c, check(fmt.Sprintf("waiting-%d", i), gate.StageSession, piece())))
		}
	}
	return r
}

func TestSixtyDiagnosesFitIntoAComment(t *testing.T) {
	for name, text := range map[string]string{
		"names": "src/app/", "lines": "a line\n", "markup": "&<b>&", "hidden": "\u200b", "mentions": "@ `a` ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, megabyte := strings.Repeat(text, 4096/len(text)), strings.Repeat(text, 1<<20/len(text))
			r := broken(60, func() string { return page })
			for i := range r.Results {
				if i%10 == 1 && r.Results[i].Evidence != nil {
					r.Results[i].Evidence[0] = gate.Evidence{What: megabyte, Saw: megabyte, File: page}
				}
			}
			checkLimited(t, r, commentCap)
		})
	}
}

func TestASummaryHoldsMore(t *testing.T) {
	r := broken(60, func() string { return "@ & <b> `a`" })
	for i := range r.Results {
		log := gate.Evidence{Saw: strings.Repeat(strings.Repeat("&", 400)+"\n", 20)}
		r.Results[i].Evidence = []gate.Evidence{log, log, log, log, log, log}
	}
	checkLimited(t, r, 1<<20)
	if page := MarkdownWithin(r, style(), 1<<20); len(page) < 1<<19 {
		t.Errorf("%d bytes of a summary are used", len(page))
	}
}

func TestEveryLimitIsKept(t *testing.T) {
	pieces := hostilePieces()
	random := rand.New(rand.NewPCG(1, 2))
	for range 15 {
		r := broken(random.IntN(12), func() string { return pieces[random.IntN(len(pieces))] })
		for range 4 {
			checkLimited(t, r, int(float64(2*len(MarkdownWithin(r, style(), 1<<30)))*random.Float64()*random.Float64()))
		}
		if t.Failed() {
			return
		}
	}
}

func TestMarkdownKeepsWithinItsLimit(t *testing.T) {
	for _, r := range samples() {
		for _, limit := range []int{0, 1, 5, 6, 10, 100, 500, 1000, 2000, 5000, 10_000, 65_536} {
			checkLimited(t, r, limit)
		}
	}
}

func TestMarkdownKeepsCausesAndFixes(t *testing.T) {
	r := longSample()
	if whole := MarkdownWithin(r, style(), 1<<20); len(whole) <= 65_536 {
		t.Fatalf("%d bytes are not too long", len(whole))
	}
	got := MarkdownWithin(r, style(), 8000)
	for i := range r.Results {
		for _, want := range []string{"**link %d of the chain is broken**", "**Fix:** Mend link %d."} {
			if want := fmt.Sprintf(want, i); !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
	}
	const note = "Left out to fit here: timings, the table of all checks, evidence of the last 17. " +
		"The report as JSON has it all, and the log of the [workflow run](https://github.com/acme/web/actions/runs/1234567890) all but timings.\n"
	if !strings.HasSuffix(got, note) {
		t.Errorf("the page does not end with what was left out:\n%s", got)
	}
}

func TestTheFirstFindingIsWholeTheLongest(t *testing.T) {
	r := longSample()
	got := MarkdownWithin(r, style(), 20_000)
	first, others, _ := strings.Cut(got, "link 1 of the chain")
	if strings.Count(first, "- line: ") != fewItems {
		t.Errorf("the first diagnosis has lost its evidence:\n%s", first)
	}
	last := others[strings.Index(others, "link 19 of the chain"):]
	if strings.Contains(last, "- line: ") {
		t.Errorf("the last diagnosis has kept its evidence:\n%s", last)
	}
}

func TestFullerFindingsAreTheDetailBefore(t *testing.T) {
	r := severalSample()
	for d := withoutEvidence; d < nothing; d++ {
		p, before := newPage(r, style()), newPage(r, style())
		p.detail, p.fuller, before.detail = d, 1, d-1
		diagnoses := r.Diagnoses()
		want := append(before.diagnosis(diagnoses[0]), p.diagnosis(diagnoses[1])...)
		if diff := cmp.Diff(want, p.findings()[:len(want)]); diff != "" {
			t.Errorf("detail %d (-want +got):\n%s", d, diff)
		}
	}
}

func TestWhatDecidesComesFirst(t *testing.T) {
	advice := advisory(judged(homepage(), gate.Fail("WorkOS has no homepage for the app")))
	r := reportOf(advice, judged(jwks(), gate.Unsure("JWKS: took too long")))
	var text strings.Builder
	if err := Text(&text, r, style(), false); err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{Markdown(r, style()), text.String()} {
		if strings.Index(got, "took too long") > strings.Index(got, "no homepage") {
			t.Errorf("advice comes before what leaves the gate undecided:\n%s", got)
		}
	}
}

func TestMarkdownShortensStepByStep(t *testing.T) {
	r, last := severalSample(), ""
	p := newPage(r, style())
	for d := range nothing {
		p.detail = d
		if withoutNote, _, _ := strings.Cut(p.String(), "Left out"); last != "" && len(withoutNote) > len(last) {
			t.Errorf("detail %d is longer than the one before", d)
		} else {
			last = withoutNote
		}
	}
}
