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
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-githubactions"
	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/hub"
	"github.com/previewgate/previewgate/internal/publish"
	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/report"
	"github.com/previewgate/previewgate/internal/web"
	"github.com/previewgate/previewgate/internal/workflow"
)

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
	event, useless := action.Read(p.getenv)
	if _, skip := errors.AsType[*action.Skip](useless); skip || useless != nil && event.SHA == "" {
		return endWithout(log, useless)
	}
	clock := new(hub.Clock)
	gh, err := hub.New(p.getenv("GITHUB_API_URL"), c.github, clock.Through(p.network.gitHub()))
	if err != nil {
		log.Error(err.Error())
		return exitMisuse
	}
	a := act{process: p, credentials: c, log: log, publisher: publish.New(gh, log, clock, p.getenv)}
	// What is wrong with the inputs is told where the verdict would be: a status that is required must not wait for it.
	wrong := cmp.Or(readInputs(a.actionFlags(), p.getenv), a.options.validate())
	event.Projects = a.projects
	run := workflow.Run{
		GitHub: gh, Publisher: a.publisher, Log: log,
		Again: againBy(p.getenv), Wait: a.wait, UndecidedOpens: a.undecided == "open",
		Judge: a.judge,
	}
	if why := cmp.Or(useless, wrong); why != nil && !event.IsGroup() {
		return int(run.Refuse(ctx, event, errors.New(a.clean(why.Error()))))
	}
	return int(run.Do(ctx, event))
}

// againBy reports whether a person has started the run once more.
func againBy(getenv func(string) string) bool {
	attempt, err := strconv.Atoi(getenv("GITHUB_RUN_ATTEMPT"))
	return err == nil && attempt > 1
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

// An act is one run of the action.
type act struct {
	process
	options
	credentials
	log       *publish.Log
	publisher *publish.Publisher
}

// judge judges the preview of an event. What is wrong with an input may quote
// one that holds a secret.
func (a act) judge(ctx context.Context, e action.Event, r action.Resolved) (workflow.Verdict, error) {
	v, err := a.verdict(ctx, e, r)
	if doubt, is := errors.AsType[*workflow.Doubt](err); is {
		return v, &workflow.Doubt{Reason: a.clean(doubt.Reason)}
	}
	if err != nil {
		err = errors.New(a.clean(err.Error()))
	}
	return v, err
}

// clean takes the secrets out of what everybody is going to read.
func (a act) clean(text string) string { return redact.New(a.secrets()...).String(text) }

// verdict is what comes of judging, with what the gate could not know.
func (a act) verdict(ctx context.Context, e action.Event, r action.Resolved) (workflow.Verdict, error) {
	t, err := a.trial(ctx, r)
	if err != nil {
		return workflow.Verdict{}, err
	}
	if err := a.refuse(ctx, t, e, r); err != nil {
		return workflow.Verdict{}, err
	}
	rep, err := t.judge(ctx)
	if err != nil || ctx.Err() != nil { // of a run that was stopped nobody needs the report
		return workflow.Verdict{}, cmp.Or(err, ctx.Err())
	}
	if r.State != action.Success && rep.Outcome() == gate.Open {
		return workflow.Verdict{}, fmt.Errorf("there is no preview to pass: Vercel reports its build as %s", r.State)
	}
	if r.Doubt != "" && a.withholds(r) && rep.Outcome() == gate.Open {
		return workflow.Verdict{}, &workflow.Doubt{Reason: r.Doubt}
	}
	style := report.Style{
		DocsURL: docsURL, RunURL: a.runURL(), Rerun: a.rerun(), UndecidedOpens: a.undecided == "open", Kept: *t.kept,
		Notes: append(a.aboutForks(r), *t.noted...),
	}
	var text, json bytes.Buffer
	if err := errors.Join(report.Text(&text, rep, style, false), report.JSON(&json, rep, style), a.writeFiles(e, rep, style)); err != nil {
		return workflow.Verdict{}, fmt.Errorf("writing the report: %w", err)
	}
	a.log.Print(text.String())
	return workflow.Verdict{
		Ending: workflow.Ending(exitCode(rep, style.UndecidedOpens)),
		Outcome: publish.Outcome{
			Report: rep, Scope: r.Scope, Fork: r.Fork, CheckRun: a.checkRun,
			State:       state(rep, a.undecided),
			Headline:    report.Headline(rep),
			Description: report.Description(rep, style),
			Markdown:    report.MarkdownWithin(rep, style, publish.MaxMarkdown),
			Summary:     report.MarkdownWithin(rep, style, publish.MaxSummary),
			JSON:        json.Bytes(),
		},
	}, nil
}

// withholds reports whether credentials that are there are not used, since the
// commit comes from a fork or may come from one.
func (a act) withholds(r action.Resolved) bool {
	c := a.credentials
	c.github = ""
	return r.Fork && a.forkCredentials != "allow" && (len(c.secrets()) > 0 || a.audience != "" || a.testAccounts != "")
}

// ofFork says where a commit comes from whose preview meets no credential.
func ofFork(r action.Resolved) string {
	if r.Target.PullRequest == 0 {
		return "the commit is not known to be this repository's"
	}
	return "the commit comes from a fork"
}

// aboutForks says why credentials that are there were not used.
func (a act) aboutForks(r action.Resolved) []string {
	if !a.withholds(r) {
		return nil
	}
	return []string{"No credential was used, since " + ofFork(r) + ": what is skipped for want of one is not missing (input `fork-credentials`)."}
}

// writeFiles writes the report in the forms that the input write asks for. Of
// several projects that one run judges, each but the first has files of its own.
func (a act) writeFiles(e action.Event, r gate.Report, style report.Style) error {
	project := e.Project
	if !e.Waits() || len(e.Projects) > 0 && e.Projects[0] == project {
		project = ""
	}
	files, err := a.files(project)
	for _, f := range files {
		err = errors.Join(err, f.write(r, style))
	}
	return err
}

// trial makes the trial of the event's deployment. A fork's is judged without
// any credential, unless the maintainer wants otherwise.
func (a act) trial(ctx context.Context, r action.Resolved) (trial, error) {
	c := a.credentials
	if r.Fork && a.forkCredentials != "allow" {
		a.log.Notice(ofFork(r) + ": no credential is used (input fork-credentials)")
		c = c.withoutAll()
	} else if a.audience != "" {
		var err error
		if c.trusted, err = a.oidcToken(ctx); err != nil {
			return trial{}, err
		}
	}
	t, err := newTrial(a.process, a.options, c)
	if err != nil {
		return trial{}, err
	}
	a.log.Mask(t.secrets()...) // also those of a file of accounts
	if a.verbose {
		t.watch = func(l gate.Learned) { a.log.Print(learned(l)) }
	}
	branch := t.target.Branch
	t.target = r.Target
	t.target.Branch = cmp.Or(branch, r.Target.Branch)
	for _, host := range r.Hosts {
		if u, err := web.CheckPreview("https://"+host, a.allowHosts); err == nil {
			t.alleged = append(t.alleged, u)
		}
	}
	if t.built = built(r); r.State != action.Success {
		t.target.URL = ""
		return t, nil
	}
	if err := t.at(r.Target.URL); err != nil {
		return trial{}, &workflow.Refusal{Reason: err.Error()}
	}
	return t, nil
}

// built is what is known of the build.
func built(r action.Resolved) *facts.Build {
	if r.State == "" {
		return nil
	}
	return &facts.Build{State: r.State, Detail: r.Detail}
}

// oidcToken asks GitHub for the token by which Vercel's Trusted Sources know
// this workflow.
func (a act) oidcToken(ctx context.Context) (string, error) {
	gha := githubactions.New(
		githubactions.WithGetenv(a.getenv),
		githubactions.WithWriter(io.Discard),
		githubactions.WithHTTPClient(&http.Client{Transport: a.network.gitHub(), Timeout: 10 * time.Second}),
	)
	token, err := gha.GetIDToken(ctx, a.audience)
	if err != nil {
		return "", errors.New("GitHub gave no OIDC token for the input trusted-audience: does the job have `permissions: id-token: write`?")
	}
	a.log.Mask(token)
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
func (a act) runURL() string {
	server, repository, id := a.getenv("GITHUB_SERVER_URL"), a.getenv("GITHUB_REPOSITORY"), a.getenv("GITHUB_RUN_ID")
	if server == "" || repository == "" || id == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/actions/runs/%s", server, repository, id)
}

// rerun is the command that runs this gate again.
func (a act) rerun() string {
	repository, id := a.getenv("GITHUB_REPOSITORY"), a.getenv("GITHUB_RUN_ID")
	if repository == "" || id == "" {
		return ""
	}
	return fmt.Sprintf("gh run rerun %s --repo %s", id, repository)
}
