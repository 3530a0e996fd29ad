package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/golden"
	"github.com/previewgate/previewgate/internal/sandbox"
)

// refusals are the ways for Convex not to take a token, one for each thing
// that it looks at.
func refusals() []string {
	return []string{
		"convex-wrong-issuer", "convex-wrong-audience", "convex-other-environment", "convex-other-environment-redacted",
		"convex-custom-domain-issuer", "token-rotated-key-at-convex", "token-expired", "convex-jwks-down", "convex-jwks-content-type",
	}
}

// TestEachFaultThatTakesAKeyHasItsOwnRemedy breaks one thing after the other
// that only keys or a test account show, and holds the gate to what it says of
// it and which line or setting it says to change. No two are told alike.
func TestEachFaultThatTakesAKeyHasItsOwnRemedy(t *testing.T) {
	wanted := append(refusals(), "build-failed-template", "app-api-key-wrong", "app-api-key-revoked", "refresh-storm-429",
		"convex-run-unauthorized", "convex-function-errors", "convex-stale")
	told := make(map[string]string)
	var page strings.Builder
	for _, f := range sandbox.Faults() {
		if !slices.Contains(wanted, f.ID) {
			continue
		}
		w := sandbox.Healthy()
		f.Break(&w)
		ds := try(t, w, f.With).Diagnoses()
		if len(ds) != 1 {
			t.Errorf("%s: %d diagnoses", f.ID, len(ds))
			continue
		}
		if other, again := told[ds[0].Summary]; again {
			t.Errorf("%s is told as %s is: %s", f.ID, other, ds[0].Summary)
		}
		told[ds[0].Summary] = f.ID
		fmt.Fprintf(&page, "%s\n  %s: %s\n  fix: %s\n\n", f.ID, ds[0].Check.ID, ds[0].Summary, fix(ds[0]))
	}
	if len(told) != len(wanted) {
		t.Errorf("%d of %d faults were told", len(told), len(wanted))
	}
	golden.Equal(t, "../../testdata/remedies.txt", []byte(page.String()))
}

// TestWithEveryCredentialOnlyTheSourceIsMissing runs the gate on a healthy
// preview with all that it can be given.
func TestWithEveryCredentialOnlyTheSourceIsMissing(t *testing.T) {
	w := sandbox.Healthy()
	w.Calls = []string{"users:viewer", "messages:broken => is broken", "jobs:tally {} as key"}
	r := try(t, w, slices.Sorted(maps.Keys(w.Env())))
	if r.Outcome() != gate.Open {
		t.Errorf("the gate is %s:\n%s", r.Outcome(), show(r))
	}
	for _, res := range r.Results {
		if res.Status == gate.Skipped && res.Unlock != "--source" && res.Unlock != "--browser auto" && res.Check.ID != "refresh-errors" {
			t.Errorf("skipped %s: %s", res.Check.ID, res.Summary)
		}
	}
}

// TestWithoutKeysEachCheckThatTakesOneNamesIt holds that a run without any
// credential says of each check what would unlock it.
func TestWithoutKeysEachCheckThatTakesOneNamesIt(t *testing.T) {
	want := map[string]string{
		"preview-built": "VERCEL_TOKEN", "app-api-key": "VERCEL_TOKEN", "refresh-errors": "VERCEL_TOKEN",
		"convex-run": "--convex-run", "convex-logs": "CONVEX_DEPLOY_KEY", "convex-fresh": "CONVEX_DEPLOY_KEY", "convex-accepts-token": "WORKOS_API_KEY",
	}
	for _, res := range try(t, sandbox.Healthy(), nil).Results {
		if unlock, asks := want[res.Check.ID]; asks && (res.Status != gate.Skipped || res.Unlock != unlock) {
			t.Errorf("%s is %s, %q unlocks it: %s", res.Check.ID, res.Status, res.Unlock, res.Summary)
		}
	}
}

// TestTheLineToChangeIsNamedInTheSource gates previews whose source is there.
func TestTheLineToChangeIsNamedInTheSource(t *testing.T) {
	withKey := []string{"CONVEX_DEPLOY_KEY", "WORKOS_API_KEY", "PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}
	tests := []struct {
		name  string
		with  []string
		fault string
		check string
		want  string // part of the fix, or of the summary when the check passes
	}{
		{"as deployed", withKey, "", "auth-config-deployed", "Convex has the providers of packages/backend/convex/auth.config.ts under its own variables"},
		{"an older backend", withKey, "convex-wrong-audience", "auth-config-deployed", "Deploy the backend from this commit"},
		{"a domain of its own", withKey[1:], "convex-custom-domain-issuer", "convex-provider", "in `packages/backend/convex/auth.config.ts`, line 16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := sandbox.Healthy()
			for _, f := range sandbox.Faults() {
				if f.ID == tt.fault {
					f.Break(&w)
				}
			}
			dir, _ := unpack(t, scans+"/template.txtar")
			r := try(t, w, tt.with, "--source", dir)
			i := slices.IndexFunc(r.Results, func(res gate.Result) bool { return res.Check.ID == tt.check })
			res := r.Results[i]
			if !strings.Contains(res.Summary+" "+fix(gate.Diagnosis{Result: res}), tt.want) || (res.Status == gate.Passed) != (tt.fault == "") {
				t.Errorf("%s: %s: %s (%s)\n%s", res.Status, tt.check, res.Summary, res.Fix, show(r))
			}
		})
	}
}
