package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/previewgate/previewgate/gate"
)

// sarifSchema is the standard's own, with addresses checked.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", readJSON(t, "testdata/sarif/sarif-schema-2.1.0.json")); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// sarifOf is the report as a SARIF log, written and as it was meant.
func sarifOf(t *testing.T, r gate.Report) ([]byte, sarifLog) {
	t.Helper()
	var b bytes.Buffer
	if err := SARIF(&b, r, style()); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	decoder := json.NewDecoder(bytes.NewReader(b.Bytes()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&log); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), log
}

func TestSARIFGoldensFollowTheStandard(t *testing.T) {
	schema := sarifSchema(t)
	goldens, err := filepath.Glob("testdata/*.golden.sarif")
	if err != nil || len(goldens) != len(samples()) {
		t.Fatalf("%d goldens, want %d (%v)", len(goldens), len(samples()), err)
	}
	for _, path := range goldens {
		if err := schema.Validate(readJSON(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSARIFSchemaRefuses is the test of the test above.
func TestSARIFSchemaRefuses(t *testing.T) {
	schema := sarifSchema(t)
	for name, breaks := range map[string][2]string{
		"another version":       {`"version": "2.1.0"`, `"version": "2.2.0"`},
		"an unknown level":      {`"level": "error"`, `"level": "fatal"`},
		"an unknown property":   {`"columnKind"`, `"columnkind"`},
		"line zero":             {`"startLine": 12`, `"startLine": 0`},
		"a message without any": {`"text": "WorkOS refuses`, `"txt": "WorkOS refuses`},
		"no address":            {`"uri": "src/proxy.ts"`, `"uri": "%zz"`},
	} {
		t.Run(name, func(t *testing.T) {
			text, _ := sarifOf(t, oneSample())
			broken := strings.Replace(string(text), breaks[0], breaks[1], 1)
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
			if err != nil || broken == string(text) {
				t.Fatalf("nothing was broken: %v", err)
			}
			if schema.Validate(value) == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestSARIFIsWhatCodeScanningTakes(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) {
			_, log := sarifOf(t, r)
			checkCodeScanning(t, log)
		})
	}
}

func TestSARIFOfForeignText(t *testing.T) {
	schema := sarifSchema(t)
	for _, s := range hostilePieces() {
		text, log := sarifOf(t, foreign(s))
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		for _, res := range log.Runs[0].Results {
			checkLocation(t, res)
			for _, bad := range []string{"](", "\x1b", "\u202e", "\u200b"} {
				if strings.Contains(res.Message.Text, bad) {
					t.Errorf("the message %q holds %q", res.Message.Text, bad)
				}
			}
		}
	}
}

// checkCodeScanning holds a log to what GitHub's code scanning asks for: every
// property that its documentation marks as required, with a value, and its
// limits.
func checkCodeScanning(t *testing.T, log sarifLog) {
	t.Helper()
	if log.Schema == "" || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("schema %q, version %q, %d runs", log.Schema, log.Version, len(log.Runs))
	}
	run := log.Runs[0]
	rules, ids := run.Tool.Driver.Rules, make(map[string]bool)
	for _, rule := range rules {
		if rule.ID == "" || ids[rule.ID] {
			t.Errorf("the rule %q is there twice, or has no name", rule.ID)
		}
		ids[rule.ID] = true
		checkRule(t, rule)
	}
	if run.Tool.Driver.Name == "" || len(rules) > 25_000 || len(run.Results) > 5000 {
		t.Errorf("tool %q with %d rules and %d results", run.Tool.Driver.Name, len(rules), len(run.Results))
	}
	seen := make(map[string]bool)
	for _, res := range run.Results {
		if res.RuleIndex >= len(rules) || rules[res.RuleIndex].ID != res.RuleID {
			t.Errorf("the result of %s points at another rule, %d", res.RuleID, res.RuleIndex)
		}
		if strings.TrimSpace(res.Message.Text) == "" || !slices.Contains([]string{"error", "warning", "note"}, res.Level) {
			t.Errorf("%s: level %q, message %q", res.RuleID, res.Level, res.Message.Text)
		}
		hash := res.Fingerprints["primaryLocationLineHash"]
		if hash == "" || seen[hash] {
			t.Errorf("%s has the fingerprint %q, which another has too", res.RuleID, hash)
		}
		seen[hash] = true
		checkLocation(t, res)
	}
}

func checkRule(t *testing.T, rule sarifRule) {
	t.Helper()
	for _, text := range []string{rule.Short.Text, rule.Full.Text} {
		if n := len([]rune(text)); n == 0 || n > 1024 {
			t.Errorf("%s is described in %d characters", rule.ID, n)
		}
	}
	p := rule.Properties
	if rule.Help.Text == "" || len(p.Tags) > 10 || p.Precision != "very-high" || !slices.Contains([]string{"error", "warning"}, p.Severity) {
		t.Errorf("%s: help %q, properties %+v", rule.ID, rule.Help.Text, p)
	}
}

func checkLocation(t *testing.T, res sarifResult) {
	t.Helper()
	if len(res.Locations) != 1 {
		t.Fatalf("%s has %d locations", res.RuleID, len(res.Locations))
	}
	place := res.Locations[0].Physical
	u, err := url.Parse(place.Artifact.URI)
	if err != nil || place.Artifact.URI == "" || u.EscapedPath() != place.Artifact.URI || u.IsAbs() || u.Host != "" || !filepath.IsLocal(u.Path) || u.RawQuery != "" || u.Fragment != "" {
		t.Errorf("%s: %q is no path in the repository (%v)", res.RuleID, place.Artifact.URI, err)
	}
	if r := place.Region; r.StartLine < 1 || r.StartColumn < 1 || r.EndLine != r.StartLine || r.EndColumn <= r.StartColumn {
		t.Errorf("%s: region %+v", res.RuleID, r)
	}
}

func TestSARIFLeavesOutWhatIsNotShown(t *testing.T) {
	v := gate.Fail("no")
	for line := range maxResults + 3 {
		v.Evidence = append(v.Evidence, gate.Evidence{What: "line", File: "src/a.ts", Line: line + 1})
	}
	_, log := sarifOf(t, reportOf(judged(signOut(), v)))
	checkCodeScanning(t, log)
	run := log.Runs[0]
	if said := run.Invocations[0].Notifications; len(run.Results) != maxResults || len(said) != 1 || said[0].Message.Text != "3 more results are left out" {
		t.Errorf("%d results and %+v", len(run.Results), said)
	}
}

func TestSARIFWordsAResult(t *testing.T) {
	_, log := sarifOf(t, reportOf(judged(signOut(), gate.Fail("see [this](https://evil.example) and that").FixedBy("Do:\n```\nx\n```"))))
	want := "see [this] (https://evil.example) and that.\nDo:\n```\nx\n```"
	if got := log.Runs[0].Results[0].Message.Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if keys := slices.Collect(maps.Keys(log.Runs[0].Results[0].Fingerprints)); !slices.Equal(keys, []string{"primaryLocationLineHash"}) {
		t.Errorf("fingerprints %q", keys)
	}
}
