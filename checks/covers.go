package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// coversInSource judges each app that uses AuthKit by where its proxy is and
// by what its matcher takes in.
func coversInSource(r source.Repository) gate.Verdict {
	if len(r.Apps) == 0 {
		return gate.Skip("no app in the source uses AuthKit's pages or routes")
	}
	var verdicts, skipped []gate.Verdict
	for _, app := range r.Apps {
		if v := appCovers(r, app); v.Status == gate.Skipped {
			skipped = append(skipped, v)
		} else {
			verdicts = append(verdicts, v)
		}
	}
	return worst(append(skipped, verdicts...))
}

func appCovers(r source.Repository, app source.App) gate.Verdict {
	p := app.Proxy
	switch {
	case p.Conflict && app.Next.Major == 0:
		return gate.Unsure("%s has both a proxy and a middleware file, and its version of Next.js is not known", app.Dir)
	case p.Conflict:
		return gate.Fail("%s has both a proxy and a middleware file, which Next.js refuses to build", app.Dir).
			FixedBy("Keep one of the two: `proxy` from Next.js 16 on, `middleware` before.").
			At(gate.Evidence{What: "proxy", Saw: p.File, File: p.File})
	case p.File == "" && !usesRoutes(r, app):
		return gate.Skip("%s has no proxy, and no page of it was seen to use AuthKit", app.Dir)
	case p.File == "" && len(p.Candidates) > 0:
		c := p.Candidates[0]
		return gate.Fail("Next.js does not run %s: %s", c.File, c.Reason).
			FixedBy("%s", unrunFix(app, c)).
			At(gate.Evidence{What: "passed over by Next.js", Saw: string(c.Reason), File: c.File})
	case p.File == "":
		return gate.Fail("%s has no proxy, which AuthKit needs", app.Dir).
			Because("looked for", path.Join(app.Root, "proxy.ts")+" and middleware.ts")
	case app.Evaluated == nil:
		return gate.Unsure("%s could not be evaluated: %s", p.File, app.Trouble)
	case app.Evaluated.Config.Problem != "":
		return gate.Fail("Next.js does not take the matcher of %s: %s", p.File, app.Evaluated.Config.Problem).
			FixedBy("Write `config.matcher` as plain strings in `%s` itself.", p.File).
			At(placed("matcher", app.Evaluated.Config.Problem, app.Evaluated.Config.Position))
	case app.Evaluated.Problem != "" && !app.Evaluated.Config.Static:
		return gate.Unsure("%s could not be evaluated: %s", p.File, app.Evaluated.Problem)
	case strings.HasPrefix(app.Evaluated.Problem, "exports no function"):
		return gate.Fail("Next.js does not take %s: it %s", p.File, app.Evaluated.Problem).
			FixedBy("Export the proxy of `%s` as its default.", p.File).
			At(placed("proxy", app.Evaluated.Problem, app.Evaluated.Position))
	}
	return takesIn(r, app)
}

// unrunFix says what makes Next.js run a file that it passes over.
func unrunFix(app source.App, c project.Candidate) string {
	switch c.Reason {
	case project.TooEarly:
		return fmt.Sprintf("Rename `%s` to `%s`, or go to Next.js 16.", c.File, path.Join(app.Root, "middleware"+path.Ext(c.File)))
	case project.WrongExtension:
		return fmt.Sprintf("Give `%s` an extension that Next.js takes, such as `.ts`.", c.File)
	case project.WrongDirectory, project.Shadowed:
	}
	return fmt.Sprintf("Move `%s` to `%s`.", c.File, path.Join(app.Root, path.Base(c.File)))
}

// usesRoutes reports whether the app was seen to sign anybody in by AuthKit's
// sessions, which the proxy keeps. An app that trades the code itself may keep
// sessions of its own.
func usesRoutes(r source.Repository, app source.App) bool {
	return slices.ContainsFunc(r.Findings.Callbacks, func(c rules.Callback) bool { return c.App == app.Dir && !c.Own }) ||
		slices.ContainsFunc(r.Findings.Protected, func(c rules.ProtectedCall) bool { return c.App == app.Dir && !c.Client })
}

// takesIn asks the matcher about the pages that demand a session.
func takesIn(r source.Repository, app source.App) gate.Verdict {
	asked := 0
	for _, page := range r.Findings.Protected {
		if page.App != app.Dir || page.Client || strings.Contains(page.URL, "[") || taken(r, "proxy-covers", page.Position) {
			continue
		}
		runs, err := app.Evaluated.Config.Runs(app.BasePath + page.URL)
		if err != nil {
			return gate.Unsure("the matcher of %s cannot be evaluated: %v", app.Proxy.File, err)
		}
		asked++
		if !runs {
			return gate.Fail("the matcher of %s misses %s, which demands a session", app.Proxy.File, page.URL).
				FixedBy("Widen `config.matcher` in `%s` to take in `%s`.", app.Proxy.File, page.URL).
				At(placed("matcher", matcherText(app), app.Evaluated.Config.Position)).
				At(at("demands a session", page.Token, page.Position))
		}
	}
	if asked == 0 {
		return gate.Pass("%s runs, and no page in the source demands a session", app.Proxy.File)
	}
	if asked == 1 {
		return gate.Pass("%s takes in the one page that demands a session", app.Proxy.File)
	}
	return gate.Pass("%s takes in all %d pages that demand a session", app.Proxy.File, asked)
}

func matcherText(app source.App) string {
	var all []string
	for _, m := range app.Evaluated.Config.Matchers {
		all = append(all, m.Source)
	}
	return strings.Join(all, ", ")
}
