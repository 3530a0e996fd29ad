package publish

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/hub"
)

// told holds why something was not told, or may not stand as it was.
type told struct {
	status, comment, check, look error
	files                        []failure
	some                         bool // something was written at GitHub
}

// A failure is something that was not published. It is none without an error.
type failure struct {
	what string
	err  error
}

// pullRequest is the event whose runs get a token that may only read where the pull request comes from a fork.
const pullRequest = "pull_request"

// forkToken says what is then to be done.
const forkToken = "the token of a pull request from a fork may only read, and no permission changes that: " +
	"let the gate run on repository_dispatch, whose token is this repository's own"

// complain warns of what was not published, a line each, and at the end says once which permissions the workflow lacks.
// What is an error to the caller is returned, and not warned of.
func (p *Publisher) complain(o Outcome, t told) error {
	if p.isForkToken(o, t) {
		p.warn(t.files)
		return errors.New("nothing but this run's summary was published: " + forkToken)
	}
	comment := failure{"the comment was not written", t.comment}
	var err error
	switch {
	case t.status != nil:
		err = fmt.Errorf("the commit status was not set: %s", hub.Explain(t.status))
	case o.Report.Target.SHA == "" && comment.isTrue():
		err = fmt.Errorf("%s: %s", comment.what, hub.Explain(comment.err))
		comment.err = nil
	}
	p.warn(append([]failure{
		comment,
		{"the check run was not written", t.check},
		{"the last look at what other runs have said was not finished", t.look},
	}, t.files...))
	var lacking []string
	for _, err := range []error{t.status, t.comment, t.check, t.look} {
		lacking = append(lacking, hub.Permission(err))
	}
	p.advise(lacking)
	return err
}

// isTrue reports whether something failed that should not have.
func (f failure) isTrue() bool {
	return unlessLeft(f.err) != nil
}

// warn says each failure in a line.
func (p *Publisher) warn(failures []failure) {
	for _, f := range failures {
		switch {
		case f.isTrue():
			p.log.Warning(f.what + ": " + hub.Explain(f.err))
		case f.err != nil:
			p.log.Notice(f.what + ": " + f.err.Error())
		}
	}
}

// isForkToken reports whether nothing could be written because the run is of a fork's pull request.
func (p *Publisher) isForkToken(o Outcome, t told) bool {
	if p.event != pullRequest || !o.Fork || t.status == nil || t.some {
		return false
	}
	return !slices.ContainsFunc([]error{t.status, t.comment, t.check}, func(err error) bool {
		return failure{err: err}.isTrue() && hub.Permission(err) == ""
	})
}

// Lacks tells the Publisher which permission the run was found to lack before there was anything to publish, as
// [hub.Permission] names it, such as "pull-requests: write". It is said in the log once, with what grants it, as are those
// that publishing itself finds to lack. No permission is said nothing of.
func (p *Publisher) Lacks(permission string) { p.advise([]string{permission}) }

// advise says once in the run which lines the workflow's permissions lack.
func (p *Publisher) advise(lines []string) {
	var lacking []string
	for _, line := range lines {
		known := append(slices.Clone(p.advised), lacking...)
		if line != "" && !slices.Contains(known, line) && !slices.Contains(known, strings.Replace(line, "read", "write", 1)) {
			lacking = append(lacking, line)
		}
	}
	if len(lacking) == 0 {
		return
	}
	p.advised = append(p.advised, lacking...)
	advice := "the workflow's token may do too little; add these lines to the job, beside those it has:\n" +
		"permissions:\n  " + strings.Join(lacking, "\n  ")
	if p.event == pullRequest {
		advice += "\nIf the pull request is from a fork, this does not help: " + forkToken + "."
	}
	p.log.Warning(advice)
}
