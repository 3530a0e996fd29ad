package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sethvargo/go-githubactions"
	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/hub"
	"github.com/previewgate/previewgate/internal/publish"
	"github.com/previewgate/previewgate/internal/report"
	"github.com/previewgate/previewgate/internal/web"
)

// lastWords is how long a run that was stopped may take to publish: GitHub
// kills it some ten seconds after the first signal.
const lastWords = 5 * time.Second

// runAction gates the preview that the workflow's event is about, and tells
// GitHub.
func runAction(ctx context.Context, p process) int {
	log := publish.NewLog(p.stdout)
	c := readCredentials(p.getenv)
	log.Mask(c.secrets()...)
	if len(p.args) > 0 {
		log.Error("previewgate action takes its inputs from the environment: INPUT_SIGN_IN and so on")
		return exitMisuse
	}
	var o options
	if err := readInputs(o.flags("action"), p.getenv); err != nil {
		log.Error(err.Error())
		return exitMisuse
	}
	event, err := action.Read(p.getenv)
	if err != nil {
		return endWithout(log, err)
	}
	gh, err := hub.New(p.getenv("GITHUB_API_URL"), c.github, p.network.gitHub())
	if err != nil {
		log.Error(err.Error())
		return exitMisuse
	}
	resolved, err := action.Resolve(ctx, gh, event)
	if err != nil {
		return endWithout(log, err)
	}
	for _, note := range resolved.Notes {
		log.Notice(note)
	}
	w := workflow{p, o, c, log, publish.New(gh, log, p.getenv)}
	if event.State == action.Ignored || event.State == action.Skipped {
		return w.nothingToGate(ctx, event, resolved)
	}
	return w.gate(ctx, event, resolved)
}

// endWithout ends a run that judges nothing: well when the event leaves
// nothing to judge, as misuse otherwise.
func endWithout(log *publish.Log, err error) int {
	if _, skip := errors.AsType[*action.Skip](err); skip {
		log.Notice("nothing to gate: " + err.Error())
		return exitOpen
	}
	log.Error(err.Error())
	return exitMisuse
}

// readInputs fills the flags from the inputs of the action, which are named
// like them. One that may be given several times holds one a line, or
// several with commas between.
func readInputs(f *pflag.FlagSet, getenv func(string) string) error {
	var wrong error
	f.VisitAll(func(flag *pflag.Flag) {
		value := strings.TrimSpace(getenv("INPUT_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))))
		if value == "" || wrong != nil {
			return
		}
		values := []string{value}
		switch flag.Value.Type() {
		case "stringSlice":
			values[0] = strings.Join(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }), ",")
		case "stringArray":
			values = slices.Collect(strings.FieldsFuncSeq(value, func(r rune) bool { return r == '\n' || r == '\r' }))
		}
		for _, v := range values {
			if err := f.Set(flag.Name, strings.TrimSpace(v)); err != nil {
				wrong = fmt.Errorf("the input %s: %w", flag.Name, err)
			}
		}
	})
	return wrong
}

// gitHub returns what requests to GitHub go through.
func (n network) gitHub() http.RoundTripper {
	if n.dial == nil {
		return http.DefaultTransport
	}
	return &http.Transport{DialContext: n.dial, TLSClientConfig: &tls.Config{RootCAs: n.cas, MinVersion: tls.VersionTLS12}}
}

// A workflow is one run of the action.
type workflow struct {
	process
	options
	credentials
	log       *publish.Log
	publisher *publish.Publisher
}

// nothingToGate resolves the commit status of a commit that has no preview on
// purpose, so that a required status does not wait for ever.
func (w workflow) nothingToGate(ctx context.Context, e action.Event, r action.Resolved) int {
	why := "no preview of this commit: its build was " + e.State
	w.log.Notice(why)
	err := w.publisher.Publish(ctx, publish.Outcome{
		Report: gate.Report{Target: r.Target}, Scope: r.Scope, State: "success", Description: why,
	})
	if err != nil {
		return exitBroken
	}
	return exitOpen
}

// gate judges and publishes.
func (w workflow) gate(ctx context.Context, e action.Event, r action.Resolved) int {
	t, err := w.trial(ctx, e, r)
	if err != nil {
		w.log.Error(err.Error())
		return exitMisuse
	}
	rep, err := t.judge(ctx)
	if err != nil {
		w.log.Error(err.Error())
		return exitMisuse
	}
	style := report.Style{
		DocsURL: docsURL, RunURL: w.runURL(), Rerun: w.rerun(), UndecidedOpens: w.undecided == "open",
	}
	var text, json bytes.Buffer
	if err := errors.Join(report.Text(&text, rep, style, false), report.JSON(&json, rep, style)); err != nil {
		w.log.Error("writing the report: " + err.Error())
		return exitBroken
	}
	w.log.Print(text.String())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.publishing(ctx))
	defer cancel()
	err = w.publisher.Publish(ctx, publish.Outcome{
		Report: rep, Scope: r.Scope,
		State:       state(rep, w.undecided),
		Description: report.Description(rep, style),
		Markdown:    report.MarkdownWithin(rep, style, publish.MaxMarkdown),
		JSON:        json.Bytes(),
	})
	if err != nil {
		return exitBroken
	}
	return exitCode(rep, style.UndecidedOpens)
}

// publishing is how long publishing may take: little when the run was
// stopped.
func (w workflow) publishing(ctx context.Context) time.Duration {
	if ctx.Err() != nil {
		return lastWords
	}
	return time.Minute
}

// trial makes the trial of the event's deployment. A fork's is judged without
// any credential.
func (w workflow) trial(ctx context.Context, e action.Event, r action.Resolved) (trial, error) {
	c := w.credentials
	if r.Fork {
		w.log.Notice("the commit comes from a fork: no credential is used")
		c = c.withoutAll()
	} else if w.audience != "" {
		var err error
		if c.trusted, err = w.oidcToken(ctx); err != nil {
			return trial{}, err
		}
	}
	t, err := newTrial(w.process, w.options, c)
	if err != nil {
		return trial{}, err
	}
	w.log.Mask(t.secrets()...) // also those of a file of accounts
	if w.verbose {
		t.watch = func(l gate.Learned) { w.log.Print(learned(l)) }
	}
	branch := t.target.Branch
	t.target = r.Target
	t.target.Branch = cmp.Or(branch, r.Target.Branch)
	for _, host := range r.Hosts {
		if u, err := web.CheckPreview("https://"+host, w.allowHosts); err == nil {
			t.alleged = append(t.alleged, u)
		}
	}
	if t.built = built(e); e.State == action.Failure {
		t.target.URL = ""
		return t, nil
	}
	return t, t.at(r.Target.URL)
}

// built is what the event says of the build.
func built(e action.Event) *facts.Build {
	if e.State == "" {
		return nil
	}
	return &facts.Build{State: e.State, Detail: e.Detail}
}

// oidcToken asks GitHub for the token by which Vercel's Trusted Sources know
// this workflow.
func (w workflow) oidcToken(ctx context.Context) (string, error) {
	gha := githubactions.New(
		githubactions.WithGetenv(w.getenv),
		githubactions.WithWriter(io.Discard),
		githubactions.WithHTTPClient(&http.Client{Transport: w.network.gitHub(), Timeout: 10 * time.Second}),
	)
	token, err := gha.GetIDToken(ctx, w.audience)
	if err != nil {
		return "", errors.New("GitHub gave no OIDC token for the input trusted-audience: does the job have `permissions: id-token: write`?")
	}
	w.log.Mask(token)
	return token, nil
}

// state is the commit status for what the report says.
func state(r gate.Report, undecided string) string {
	switch r.Outcome() {
	case gate.Closed:
		return "failure"
	case gate.Undecided:
		if undecided != "open" {
			return "error"
		}
	case gate.Open:
	}
	return "success"
}

// runURL is the page of this run.
func (w workflow) runURL() string {
	server, repository, id := w.getenv("GITHUB_SERVER_URL"), w.getenv("GITHUB_REPOSITORY"), w.getenv("GITHUB_RUN_ID")
	if server == "" || repository == "" || id == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/actions/runs/%s", server, repository, id)
}

// rerun is the command that runs this gate again.
func (w workflow) rerun() string {
	repository, id := w.getenv("GITHUB_REPOSITORY"), w.getenv("GITHUB_RUN_ID")
	if repository == "" || id == "" {
		return ""
	}
	return fmt.Sprintf("gh run rerun %s --repo %s", id, repository)
}
