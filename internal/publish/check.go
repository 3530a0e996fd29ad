package publish

import (
	"context"
	"fmt"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
)

const (
	maxTexts = 65_535 // characters of a check run's summary that GitHub takes
	perBatch = 50     // annotations that it takes in one request; those of the next are added
)

// checkName returns the name of the check run. It is never the status's: a branch that requires a name which both have
// requires both.
func checkName(scope string) string { return named("previewgate report", scope) }

// conclusion is how a check run ends. An undecided gate that blocks requires somebody to act, which like a failure keeps
// a branch closed that requires the check; GitHub would count neutral as passed. It is neutral where undecided does not
// block.
func conclusion(o Outcome) string {
	switch {
	case o.State == "error":
		return "action_required"
	case o.State == "success" && o.Report.Outcome() == gate.Undecided:
		return "neutral"
	}
	return o.State
}

// checkRun adds the check run, if there is to be one and the verdict stands.
func (t *telling) checkRun(ctx context.Context) {
	if !t.outcome.CheckRun || t.sha == "" || t.end.Outdone {
		return
	}
	t.told.check = t.addCheckRun(ctx, t.outcome)
	t.told.some = t.told.some || t.told.check == nil
}

func (t *telling) addCheckRun(ctx context.Context, o Outcome) error {
	all, left := annotations(o.Report)
	if left > 0 {
		t.log.Notice(fmt.Sprintf("the check run shows %d places in the files, %d more are in the report", len(all), left))
	}
	first := min(perBatch, len(all))
	run, _, err := t.gh.Checks.CreateCheckRun(ctx, t.owner, t.name, github.CreateCheckRunOptions{
		Name:       checkName(t.scope),
		HeadSHA:    t.sha,
		DetailsURL: t.details(),
		ExternalID: new(fmt.Sprintf("%d.%d", t.run.id, t.run.attempt)),
		Status:     new("completed"),
		Conclusion: new(conclusion(o)),
		Output:     output(o, all[:first]),
	})
	for all = all[first:]; err == nil && len(all) > 0; all = all[first:] {
		first = min(perBatch, len(all))
		_, _, err = t.gh.Checks.UpdateCheckRun(ctx, t.owner, t.name, run.GetID(), github.UpdateCheckRunOptions{
			Name: checkName(t.scope), Output: output(o, all[:first]),
		})
	}
	return err
}

// details returns the address that the check run leads to, the run's page; nil outside of a workflow.
func (t *telling) details() *string {
	if page := t.run.page(t.stamp(t.scope)); page != "" {
		return &page
	}
	return nil
}

// output returns what a check run shows. Title and summary go with every batch of annotations.
func output(o Outcome, batch []*github.CheckRunAnnotation) *github.CheckRunOutput {
	title := o.Headline
	if title == "" {
		title = o.Description
	}
	summary := fit(withoutMarkers(o.Markdown), maxTexts)
	if summary == "" {
		summary = o.Description
	}
	return &github.CheckRunOutput{Title: new(cut(oneLine(title), maxTitle)), Summary: &summary, Annotations: batch}
}
