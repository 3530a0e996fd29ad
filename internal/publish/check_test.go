package publish

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func withCheckRun() Outcome {
	o := testOutcome()
	o.CheckRun = true
	v := gate.Fail("the redirect URI is not registered")
	v = v.At(gate.Evidence{What: "redirectUri", Saw: "/callback", File: "app/callback/route.ts", Line: 3, Column: 7, EndColumn: 12})
	o.Report.Results[0].Verdict = v
	return o
}

func TestACheckRunIsAdded(t *testing.T) {
	b, o := newBench(t), withCheckRun()
	o.Scope = "web"
	b.publish(t, o)
	want := []map[string]any{{
		"name": "previewgate report (web)", "head_sha": testSHA, "status": "completed", "conclusion": "failure",
		"details_url": "https://github.com/acme/shop/actions/runs/200/attempts/1", "external_id": "200.1",
		"output": map[string]any{
			"title": "1 thing to fix", "summary": "### 1 thing to fix\n",
			"annotations": []any{map[string]any{
				"path": "app/callback/route.ts", "start_line": 3.0, "end_line": 3.0, "start_column": 7.0, "end_column": 11.0,
				"annotation_level": "failure", "title": "previewgate: redirect-uri-registered",
				"message": "the redirect URI is not registered\nRegister it.\nredirectUri: /callback",
			}},
		},
	}}
	if diff := cmp.Diff(want, b.checks); diff != "" {
		t.Errorf("check run (-want +got):\n%s", diff)
	}
	if len(b.asked) != 7 || b.statuses[0].Context != "previewgate (web)" {
		t.Errorf("requests %q", b.asked)
	}
}

func TestNoCheckRunWithoutACommitOrBeingAskedFor(t *testing.T) {
	for _, change := range []func(*Outcome){
		func(o *Outcome) { o.CheckRun = false },
		func(o *Outcome) { o.Report.Target.SHA = "" },
	} {
		b, o := newBench(t), withCheckRun()
		change(&o)
		if b.publish(t, o); len(b.checks) > 0 {
			t.Errorf("check runs %v", b.checks)
		}
	}
}

func TestHowACheckRunEnds(t *testing.T) {
	undecided := gate.Report{Results: []gate.Result{{Check: &gate.Check{ID: "a"}, Verdict: gate.Unsure("took too long")}}}
	open := gate.Report{Results: []gate.Result{{Check: &gate.Check{ID: "a"}, Verdict: gate.Pass("fine")}}}
	for _, c := range []struct {
		state  string
		report gate.Report
		want   string
	}{
		{"success", open, "success"},
		{"failure", withCheckRun().Report, "failure"},
		{"error", undecided, "action_required"},
		{"success", undecided, "neutral"},
	} {
		if got := conclusion(Outcome{State: c.state, Report: c.report}); got != c.want {
			t.Errorf("%s of %v ends as %s, want %s", c.state, c.report.Outcome(), got, c.want)
		}
	}
}

func TestTheCheckRunIsNeverNamedLikeTheStatus(t *testing.T) {
	for _, scope := range []string{"", "report", "web", "report (web)", " report"} {
		for _, other := range []string{"", "report", "web", "report (web)", " report"} {
			if strings.EqualFold(checkName(scope), Context(other)) {
				t.Errorf("%q is the name of both", checkName(scope))
			}
		}
	}
}

func TestAnnotationsGoByFifties(t *testing.T) {
	for places, want := range map[int][]int{0: {0}, 50: {50}, 51: {50, 1}, 120: {50, 50, 20}, 260: {50, 50, 50, 50, 50}} {
		b, o := newBench(t), withCheckRun()
		v := gate.Fail("broken")
		for line := range places {
			v = v.At(gate.Evidence{File: "a.ts", Line: line + 1})
		}
		o.Report.Results[0].Verdict = v
		b.publish(t, o)
		var got []int
		for _, sent := range b.checks {
			output := sent["output"].(map[string]any)
			batch, _ := output["annotations"].([]any)
			if got = append(got, len(batch)); output["title"] == "" || output["summary"] == "" || sent["name"] != "previewgate report" {
				t.Errorf("a batch lacks what GitHub demands: %v", sent)
			}
		}
		if !cmp.Equal(got, want) || b.count("POST check-runs") != 1 || b.count("PATCH check-runs/77") != len(want)-1 {
			t.Errorf("%d places go by %v, want %v", places, got, want)
		}
		left := strings.Contains(b.log.String(), "::notice::the check run shows 250 places in the files, 10 more are in the report")
		if left != (places > maxPlaces) {
			t.Errorf("%d places: log:\n%s", places, &b.log)
		}
	}
}

func TestPlacesInTheRepository(t *testing.T) {
	for _, c := range []struct {
		name string
		at   gate.Evidence
		path string // empty for no annotation
	}{
		{"a file", gate.Evidence{File: "app/(auth)/[...slug]/page.tsx", Line: 1}, "app/(auth)/[...slug]/page.tsx"},
		{"a path that is not clean", gate.Evidence{File: "./app//x/../page.tsx", Line: 1}, "app/page.tsx"},
		{"no line", gate.Evidence{File: "package.json"}, ""},
		{"no file", gate.Evidence{Line: 3}, ""},
		{"outside", gate.Evidence{File: "../secrets.ts", Line: 1}, ""},
		{"outside in the end", gate.Evidence{File: "a/../../secrets.ts", Line: 1}, ""},
		{"absolute", gate.Evidence{File: "/etc/passwd", Line: 1}, ""},
		{"the root", gate.Evidence{File: ".", Line: 1}, ""},
		{"a name that does not show", gate.Evidence{File: "a\u202etx.ts", Line: 1}, ""},
	} {
		a := annotation(gate.Diagnosis{Result: withCheckRun().Report.Results[0]}, c.at)
		if got := ""; a != nil {
			got = a.GetPath()
			if got != c.path || a.GetStartLine() < 1 || a.StartColumn != nil || a.EndColumn != nil {
				t.Errorf("%s: %+v", c.name, a)
			}
		} else if c.path != "" {
			t.Errorf("%s: %q, want %q", c.name, got, c.path)
		}
	}
}

func TestAnAnnotationIsPlainTextWithinLimits(t *testing.T) {
	res := gate.Result{
		Check:    &gate.Check{ID: strings.Repeat("x", 400), Fix: "Mend\x1b[2J it."},
		Severity: gate.Advisory, Verdict: gate.Fail("%s", "bad\r\n"+strings.Repeat("ü", 40_000)),
	}
	a := annotation(gate.Diagnosis{Result: res}, gate.Evidence{File: "a.ts", Line: 1, Column: 9, EndColumn: 4})
	if len([]rune(a.GetTitle())) > 255 || len(a.GetMessage()) > 64_000 || strings.ContainsAny(a.GetMessage(), "\r\x1b\x00") {
		t.Errorf("title %.300q, message of %d bytes", a.GetTitle(), len(a.GetMessage()))
	}
	if a.GetAnnotationLevel() != "warning" || a.GetStartColumn() != 9 || a.GetEndColumn() != 9 {
		t.Errorf("annotation %+v", a)
	}
	o := withCheckRun()
	o.Markdown, o.Headline = strings.Repeat("a line\n", 20_000), strings.Repeat("h", 300)
	if out := output(o, nil); len(out.GetSummary()) > 65_535 || len(out.GetTitle()) > 300 {
		t.Errorf("title of %d, summary of %d bytes", len(out.GetTitle()), len(out.GetSummary()))
	}
	if out := output(Outcome{Description: "no preview"}, nil); out.GetTitle() != "no preview" || out.GetSummary() != "no preview" {
		t.Errorf("without a report it shows %+v", out)
	}
}

func TestACheckRunThatIsRefused(t *testing.T) {
	b := newBench(t)
	b.before = refuse("POST check-runs", 403)
	b.publish(t, withCheckRun())
	want := "::warning::the check run was not written: the token lacks `checks: write`: add it under `permissions:` in the workflow\n" +
		"::warning::the workflow's token may do too little; add these lines to the job, beside those it has:%0Apermissions:%0A  checks: write\n"
	if got := b.log.String(); !strings.HasSuffix(got, want) || len(b.comments) != 1 || len(b.statuses) != 1 {
		t.Errorf("%d comments, %d statuses, log:\n%s", len(b.comments), len(b.statuses), got)
	}
	b = newBench(t)
	b.before = func(request string) int {
		if strings.HasPrefix(request, "PATCH check-runs") {
			return 502
		}
		return 0
	}
	o := withCheckRun()
	for line := range 120 {
		o.Report.Results[0].Verdict = o.Report.Results[0].At(gate.Evidence{File: "a.ts", Line: line + 1})
	}
	if b.publish(t, o); b.count("PATCH check-runs") != 1 || !strings.Contains(b.log.String(), "was not written: GitHub is out of order (502)") {
		t.Errorf("requests %q", fmt.Sprint(b.asked))
	}
}
