package publish

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
)

func TestRunsAreOrdered(t *testing.T) {
	want := []stamp{{}, {0, 0, 900, 1}, {0, started, 1, 1}, {0, started, 2, 1}, {0, started, 2, 3}, {0, started + 1, 1, 1}, {7, 0, 1, 1}, {7, started, 1, 1}}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, stamp.compare)
	if !slices.Equal(got, want) {
		t.Errorf("ordered %v, want %v", got, want)
	}
}

func benchRun() run { return run{"https://github.com", "acme/shop", 200, 1} }

func TestMarksAreReadBack(t *testing.T) {
	for _, m := range []mark{
		{ownStamp(), "dpl_1", true},
		{ownStamp(), "", false},
		{begun(5, 18_000_000_000, 12), "web-git-fix-acme.vercel.app", false},
		{ownStamp(), "a&reported#x y%+\n\"é", true},
		{ownStamp(), On(gate.Target{Deployment: strings.Repeat("長", 100)}), true},
	} {
		address := benchRun().address(m)
		if got := benchRun().readMark(address, time.Unix(started, 0)); got != m {
			t.Errorf("%+v is read back from %s as %+v", m, address, got)
		}
		if strings.ContainsAny(address, " \n\"") || strings.Count(address, "#") != 1 || len(address) > 500 {
			t.Errorf("%q is no address to send", address)
		}
	}
}

func TestWhatIsNoMark(t *testing.T) {
	const good = "https://github.com/acme/shop/actions/runs/7/attempts/1#previewgate-started=1764000000&on=dpl_1&reported"
	if benchRun().readMark(good, time.Unix(started, 0)) == (mark{}) {
		t.Fatalf("%s is none", good)
	}
	for _, address := range []string{
		"", strings.Replace(good, "https:", "http:", 1), strings.Replace(good, "github.com", "github.com.evil.test", 1),
		strings.Replace(good, "acme/shop", "acme/shop2", 1), strings.Replace(good, "acme/shop", "acme/../acme/shop", 1),
		strings.Replace(good, "/attempts/1", "", 1), strings.Replace(good, "runs/7", "runs/-7", 1),
		strings.Replace(good, "runs/7", "runs/"+strings.Repeat("7", 30), 1), good + "&x=1", good + "\n", good + " ",
		strings.Replace(good, "#", "?x#", 1), strings.Replace(good, "1764000000", "1764000006", 1), // of the future
		strings.Replace(good, "1764000000", "176400000000", 1), strings.Replace(good, "1764000000", "", 1),
		strings.Replace(good, "dpl_1", "%zz", 1), strings.Replace(good, "dpl_1", strings.Repeat("a", 101), 1),
		strings.Replace(good, "&on=dpl_1&reported", "&reported&on=dpl_1", 1),
	} {
		if m := benchRun().readMark(address, time.Unix(started, 0)); m != (mark{}) {
			t.Errorf("%q is read as %+v", address, m)
		}
	}
	if m := (run{}).readMark("7/attempts/1#previewgate-started=1764000000", time.Unix(started, 0)); m != (mark{}) {
		t.Errorf("outside of a workflow one is read as %+v", m)
	}
}

func TestWhatWasJudged(t *testing.T) {
	for _, c := range []struct {
		target gate.Target
		want   string
	}{
		{gate.Target{Deployment: "dpl_1", URL: "https://a.vercel.app"}, "dpl_1"},
		{gate.Target{URL: "https://Web-1-Acme.vercel.app/x?y"}, "web-1-acme.vercel.app"},
		{gate.Target{URL: "http://127.0.0.1:3000"}, "127.0.0.1:3000"},
		{gate.Target{URL: "https://\x00"}, ""},
		{gate.Target{}, ""},
	} {
		if got := On(c.target); got != c.want {
			t.Errorf("%+v is %q, want %q", c.target, got, c.want)
		}
	}
	long := On(gate.Target{URL: "https://" + strings.Repeat("a", 5000)})
	if len(long) > maxOn || long == On(gate.Target{URL: "https://" + strings.Repeat("a", 5001)}) {
		t.Errorf("a long one is %q", long)
	}
}

func TestAnAttemptThatIsNotSaidIsTheFirst(t *testing.T) {
	r := readRun(func(name string) string { return map[string]string{"GITHUB_RUN_ID": "7"}[name] })
	if r.id != 7 || r.attempt != 1 || r.pages() != "" || r.address(mark{stamp: ownStamp()}) != "" {
		t.Errorf("read as %+v", r)
	}
}

func FuzzMark(f *testing.F) {
	f.Add("https://github.com/acme/shop/actions/runs/7/attempts/1#previewgate-started=1764000000&on=dpl_1&reported")
	f.Add("https://github.com/acme/shop/actions/runs/007/attempts/1#previewgate-started=1")
	f.Fuzz(func(t *testing.T, address string) {
		now := time.Unix(started, 0)
		m := benchRun().readMark(address, now)
		if m == (mark{}) {
			return
		}
		if again := benchRun().readMark(benchRun().address(m), now); again != m {
			t.Errorf("%q is read as %+v, and then as %+v", address, m, again)
		}
		if m.started > started+5 {
			t.Errorf("%q is of the future", address)
		}
	})
}
