package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/checks"
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/report"
	"github.com/previewgate/previewgate/internal/source"
)

// runScan judges what the sources alone tell. It makes no request.
func runScan(ctx context.Context, p process) int {
	var o options
	f := pflag.NewFlagSet("scan", pflag.ContinueOnError)
	f.SortFlags = false
	f.StringArrayVar(&o.env, "env", nil, "FILE or NAME=VALUE: variables under which the source is evaluated (repeatable)")
	f.StringVar(&o.paths.Callback, "callback", "", "path of AuthKit's callback (without it: the redirect URI's)")
	f.StringSliceVar(&o.only, "only", nil, "run these checks and those that can explain them")
	f.StringSliceVar(&o.skip, "skip", nil, "leave these checks out")
	f.StringSliceVar(&o.advisory, "advisory", nil, "let a failure of these checks not count")
	f.StringVar(&o.undecided, "undecided", "close", "whether what could not be found out counts: close or open")
	f.DurationVar(&o.timeout, "timeout", usualTimeout, "for the whole run")
	o.outputs(f)
	operands, code, done := parse(f, p, "scan [DIR] [flags]")
	if done {
		return code
	}
	if len(operands) > 1 {
		return p.misuse(errors.New("scan takes one directory"))
	}
	o.source = "."
	if len(operands) == 1 {
		o.source = operands[0]
	}
	return scan(ctx, p, o)
}

func scan(ctx context.Context, p process, o options) int {
	info, err := os.Stat(o.source)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no directory", o.source)
	}
	secrets := readCredentials(p.getenv).secrets()
	stated, envErr := readEnv(o.env, secrets)
	writers, formatErr := o.writers(p)
	if err := errors.Join(err, o.validate(), envErr, formatErr); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return p.misuse(errors.New(first))
	}
	selected, err := checks.Select(o.only, o.skip)
	if err != nil {
		return p.misuse(err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	r := gate.Run(ctx, gate.Target{}, static(selected), gate.Options{Advisory: o.advisory},
		facts.SourceDir.Is(o.source), facts.StatedEnv.Is(stated), facts.Routes.Is(o.paths))
	r = clean(r, redact.New(secrets...))
	style := report.Style{DocsURL: docsURL, UndecidedOpens: o.undecided == "open", Notes: assumptions(stated)}
	return p.tell(r, writers, style)
}

// assumptions says under which values the sources were evaluated, beyond those
// that were stated.
func assumptions(stated facts.Stated) []string {
	assumed := source.Preview().With(stated.Variables).Assumed()
	if len(assumed) == 0 {
		return nil
	}
	return []string{"Evaluated under assumed values, where --env states none: " + strings.Join(assumed, ", ")}
}

// static keeps the checks that the sources can answer, whole or in part.
func static(all []*gate.Check) []*gate.Check {
	return slices.DeleteFunc(all, func(c *gate.Check) bool {
		reads := slices.Concat(c.Needs, c.Uses)
		return !slices.Contains(reads, gate.Need(facts.Repository)) || slices.Contains(c.Needs, gate.Need(facts.SignIn)) || slices.Contains(c.Needs, gate.Need(facts.ConvexTrust))
	})
}
