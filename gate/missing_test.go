package gate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

// speaking is an error that says what it is about.
type speaking struct{}

func (speaking) Error() string { return "web.example did not answer" }
func (speaking) NamesSubject() {}

func TestWhyAFactIsMissing(t *testing.T) {
	token := gate.NotGiven{What: "Vercel token", Unlock: "VERCEL_TOKEN"}
	tests := []struct {
		name string
		err  error
		want gate.Verdict
	}{
		{"not given", token, gate.Verdict{Status: gate.Skipped, Summary: "Vercel token is not given (VERCEL_TOKEN)", Unlock: "VERCEL_TOKEN"}},
		{"not given, and wrapped", fmt.Errorf("asking Vercel: %w", token), gate.Verdict{Status: gate.Skipped, Summary: "asking Vercel: Vercel token is not given (VERCEL_TOKEN)", Unlock: "VERCEL_TOKEN"}},
		{"not given, and nothing supplies it", gate.NotGiven{What: "an event"}, gate.Skip("an event is not given")},
		{"the question does not arise", gate.Moot("the app has no proxy"), gate.Skip("the app has no proxy")},
		{"not to be learned", errors.New("no answer"), gate.Unsure("base: no answer")},
		{"not to be learned, in words of its own", speaking{}, gate.Unsure("web.example did not answer")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := learned("base", func(context.Context) (int, error) { return 0, tt.err })
			above := &gate.Fact[int]{Name: "above", Needs: []gate.Need{base}, Learn: func(context.Context, *gate.Facts) (int, error) { panic("asked") }}
			top := &gate.Fact[int]{Name: "top", Needs: []gate.Need{above}, Learn: above.Learn}
			r := run(t, []*gate.Check{reading("near", base), reading("far", top)})
			equal(t, r.Results[0].Verdict, tt.want)
			equal(t, r.Results[1].Verdict, tt.want) // however far above
		})
	}
}

func TestAnInputThatNobodyGives(t *testing.T) {
	input := &gate.Fact[string]{Name: "Convex deploy key"}
	equal(t, run(t, []*gate.Check{reading("x", input)}).Results[0].Verdict, gate.Skip("Convex deploy key is not given"))
	equal(t, reading("x", input).JudgeAlone(gate.Target{}), gate.Skip("Convex deploy key is not given"))
}

func TestWhatIsOnlyUsedMayBeMissing(t *testing.T) {
	input := &gate.Fact[string]{Name: "alias"}
	check := &gate.Check{ID: "x", Uses: []gate.Need{input}, Judge: func(known *gate.Facts) gate.Verdict {
		value, err := input.Lookup(known)
		return gate.Pass("%q, %v", value, err)
	}}
	equal(t, check.JudgeAlone(gate.Target{}).Summary, `"", alias is not given`)
	equal(t, check.JudgeAlone(gate.Target{}, input.Is("a")).Summary, `"a", <nil>`)
	equal(t, check.JudgeAlone(gate.Target{}, input.IsMissing(errors.New("no answer"))).Summary, `"", no answer`)
}
