package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// samples are the reports of the goldens, by name.
func samples() map[string]gate.Report {
	return map[string]gate.Report{
		"open":      openSample(),
		"one":       oneSample(),
		"several":   severalSample(),
		"undecided": undecidedSample(),
		"skipped":   skippedSample(),
		"hostile":   hostileSample(),
		"long":      longSample(),
	}
}

func style() Style {
	return Style{
		Rerun:   "previewgate check https://web-git-fix-login-acme.vercel.app --source .",
		DocsURL: "https://github.com/previewgate/previewgate/blob/main/docs/checks.md",
		RunURL:  "https://github.com/acme/web/actions/runs/1234567890",
		Kept:    []string{"previewgate-browser/previewgate.har", "previewgate-browser/previewgate.png"},
	}
}

func reportOf(results ...gate.Result) gate.Report {
	return gate.Report{
		Target: gate.Target{
			URL: "https://web-git-fix-login-acme.vercel.app", Deployment: "dpl_8Gf2", Project: "web",
			Environment: "preview", Repository: "acme/web", PullRequest: 7, Branch: "fix/login",
			SHA: "4e1243bd22c66e76c2ba9eddc1f91394e57f9f83",
		},
		Results: results,
		Learned: []gate.Learned{
			{Fact: "client bundle", Took: 1240 * time.Millisecond},
			{Fact: "JWKS", Took: 88 * time.Millisecond},
			{Fact: "sign-in redirect", Took: 41 * time.Millisecond},
		},
		Started: time.Date(2026, 1, 2, 16, 4, 5, 0, time.FixedZone("CET", 3600)),
		Took:    1512 * time.Millisecond,
	}
}

func check(id string, stage gate.Stage, title string) *gate.Check {
	return &gate.Check{ID: id, Stage: stage, Title: title, Fix: "Read the check's page."}
}

func judged(c *gate.Check, v gate.Verdict) gate.Result {
	return gate.Result{Check: c, Severity: c.Severity, Verdict: v}
}

func advisory(res gate.Result) gate.Result {
	res.Severity = gate.Advisory
	return res
}

func waitingFor(cause, c *gate.Check) gate.Result {
	return gate.Result{Check: c, Verdict: gate.Skip("waits for %s", cause.ID), Cause: cause}
}

func locked(c *gate.Check, what, by string) gate.Result {
	v := gate.Skip("%s is not given (%s)", what, by)
	v.Unlock = by
	return judged(c, v)
}

func built() *gate.Check {
	return check("preview-built", gate.StageDeployment, "the deployment of this commit is built")
}

func starts() *gate.Check {
	return check("sign-in-starts", gate.StageSignIn, "signing in leads to WorkOS")
}

func registered() *gate.Check {
	return check("redirect-uri-registered", gate.StageRedirectURI, "WorkOS accepts the redirect URI")
}

func accepted() *gate.Check {
	return check("session-accepted", gate.StageSession, "the app accepts a session")
}

func issued() *gate.Check {
	return check("token-issued", gate.StageToken, "the app hands out an access token")
}

func jwks() *gate.Check {
	return check("jwks-reachable", gate.StageToken, "the JWKS of the app's client is usable")
}

func convexEnv() *gate.Check {
	return check("convex-env", gate.StageConvex, "WORKOS_CLIENT_ID is set on the Convex deployment")
}

func provider() *gate.Check {
	return check("convex-provider", gate.StageConvex, "a provider of the deployed auth config matches")
}

func signOut() *gate.Check {
	return check("sign-out-prefetch", gate.StageSignOut, "nothing prefetches the sign-out route")
}

func homepage() *gate.Check {
	return check("homepage-url", gate.StageSignOut, "signing out has somewhere to land")
}

func openSample() gate.Report {
	return reportOf(
		judged(built(), gate.Pass("")),
		judged(starts(), gate.Pass("`/sign-in` leads to `api.workos.com`")),
		judged(registered(), gate.Pass("WorkOS accepts `https://web-git-fix-login-acme.vercel.app/callback`")),
		locked(accepted(), "cookie password", "WORKOS_COOKIE_PASSWORD"),
		judged(jwks(), gate.Pass("1 RS256 key")),
		locked(convexEnv(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		judged(signOut(), gate.Skip("the app has no sign-out route")),
		advisory(judged(homepage(), gate.Fail("WorkOS has no homepage for the app").
			FixedBy("Set the app's homepage in WorkOS, Redirects, to `https://acme.com`."))),
	)
}

func refused() gate.Verdict {
	const uri = "https://web-git-fix-login-acme.vercel.app/callback"
	v := gate.Fail("WorkOS refuses `%s`", uri).
		FixedBy("Add the redirect URI in WorkOS (Staging, Redirects) or by command:\n\n"+
			"```sh\ncurl https://api.workos.com/user_management/redirect_uris \\\n"+
			"  -H \"Authorization: Bearer $WORKOS_API_KEY\" \\\n  -d uri=%s\n```\n\n"+
			"With `https://*-acme.vercel.app/callback` it holds for every preview.", uri).
		Because("redirect_uri", uri).
		Because("WorkOS answers", "This is not a valid redirect URI.").
		Because("control, `https://control.invalid/callback`", "refused too")
	v.Evidence = append(v.Evidence, gate.Evidence{
		What: "built from VERCEL_URL", File: "src/proxy.ts", Line: 12, Column: 5,
	})
	return v
}

func oneSample() gate.Report {
	cause := registered()
	return reportOf(
		judged(built(), gate.Pass("")),
		judged(starts(), gate.Pass("`/sign-in` leads to `api.workos.com`")),
		judged(cause, refused()),
		waitingFor(cause, accepted()),
		waitingFor(cause, issued()),
		judged(jwks(), gate.Pass("1 RS256 key")),
		locked(convexEnv(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		judged(provider(), gate.Pass("")),
		judged(signOut(), gate.Pass("")),
	)
}

func severalSample() gate.Report {
	prefetched := gate.Fail("a `<Link>` prefetches `/sign-out`, which signs people out").
		FixedBy("Make sign-out a form that posts to a server action, or write `<Link prefetch={false}>`.")
	prefetched.Evidence = []gate.Evidence{
		{What: "link", Saw: `<Link href="/sign-out">`, File: "src/app/nav.tsx", Line: 31, Column: 9},
		{What: "build log", Saw: "Route (app)\n┌ ƒ /\n└ ƒ /sign-out"},
	}
	r := oneSample()
	r.Results[8] = judged(signOut(), prefetched)
	r.Results[7] = judged(provider(), gate.Unsure("convex.cloud answered 503"))
	r.Results = append(r.Results,
		advisory(judged(homepage(), gate.Fail("WorkOS has no homepage for the app"))),
		advisory(judged(check("convex-logs", gate.StageConvex, "the logs show no auth errors"),
			gate.Unsure("convex.cloud answered 503"))))
	return r
}

func undecidedSample() gate.Report {
	challenged := gate.Unsure("the preview answers with a challenge of Vercel's firewall").
		Because("x-vercel-mitigated", "challenge").
		FixedBy("Give `VERCEL_AUTOMATION_BYPASS_SECRET`, or run the gate from an allowed address.")
	r := reportOf(
		judged(built(), gate.Pass("")),
		judged(starts(), challenged),
		judged(registered(), challenged),
		judged(jwks(), gate.Unsure("JWKS: took too long")),
		locked(convexEnv(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		locked(provider(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		judged(signOut(), gate.Pass("")),
	)
	r.Learned = append(r.Learned, gate.Learned{
		Fact: "JWKS", Took: 20 * time.Second, Err: errors.New("took too long"),
	})
	return r
}

func skippedSample() gate.Report {
	r := reportOf(
		locked(built(), "Vercel token", "VERCEL_TOKEN"),
		locked(accepted(), "cookie password", "WORKOS_COOKIE_PASSWORD"),
		locked(convexEnv(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		locked(provider(), "Convex deploy key", "CONVEX_DEPLOY_KEY"),
		judged(signOut(), gate.Skip("the source is not checked out")),
		advisory(judged(homepage(), gate.Pass(""))),
	)
	r.Target = gate.Target{Project: "web"}
	return r
}

// hostileText tries everything that a page or a terminal could fall for.
const hostileText = "<img src=x onerror=alert(1)> <!-- previewgate --> [a](https://evil.example) ![b](//evil.example/p.png) " +
	"**bold** `code` ``` @octocat #1 o/r#2 GH-3 https://evil.example www.evil.example me@evil.example " +
	"4e1243bd22c66e76 :tada: $x^2$ a|b \\| ~~gone~~ </details> &lt; \x1b]0;owned\a\x1b[31mred \u202egnp.exe\u202c zero\u200bwidth " +
	"\r\n# heading\n\n- item\n1. item\n> quote\n```mermaid\ngraph TD\n```\n| a | b |\n|---|---|\n<script>alert(1)</script>\n::add-mask::x"

func hostileSample() gate.Report {
	cause := registered()
	v := gate.Fail("WorkOS refuses `%s`", hostileText).
		FixedBy("Register `%s`, then run\n```sh\necho %s\n```\nand %s.", hostileText, hostileText, hostileText)
	v.Evidence = []gate.Evidence{
		{What: "header " + hostileText, Saw: "a`b``c <!-- x --> | \\| d"},
		{What: "title", Saw: strings.Repeat("é<", 400), File: "src/`x`.ts", Line: 1},
		{What: "log", Saw: hostileText},
	}
	doubtful := gate.Unsure("answer: %s", hostileText).FixedBy("Try %s.", hostileText)
	doubtful.Unlock = hostileText
	r := reportOf(
		judged(built(), gate.Pass("built %s", hostileText)),
		judged(cause, v),
		judged(jwks(), doubtful),
		locked(convexEnv(), hostileText, hostileText),
		waitingFor(cause, accepted()),
	)
	r.Target.URL = "https://evil.example/?q=" + hostileText
	r.Target.SHA, r.Target.Project, r.Target.Branch = hostileText, hostileText, hostileText
	r.Learned = append(r.Learned, gate.Learned{Fact: hostileText, Err: errors.New(hostileText)})
	return r
}

func longSample() gate.Report {
	var results []gate.Result
	for i := range 20 {
		c := check(fmt.Sprintf("made-up-check-%d", i), gate.Stages()[i%7], "it holds")
		v := gate.Fail("link %d of the chain is broken", i).FixedBy("Mend link %d.", i)
		for line := range 12 {
			v = v.Because("line", fmt.Sprintf("%d %s", line, strings.Repeat("long text ", 30)))
		}
		results = append(results, judged(c, v))
	}
	return reportOf(results...)
}
