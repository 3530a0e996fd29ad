package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestPreviewReachable(t *testing.T) {
	judge(t, PreviewReachable, appAnswersTrials())
	judge(t, PreviewReachable, wallTrials())
	judge(t, PreviewReachable, platformTrials())
}

// front is what the preview answers on its first page.
func front(h facts.Hop) gate.Given {
	return facts.FrontPage.Is(facts.Front{Visit: facts.Visit{Path: "/", Hops: []facts.Hop{h}}})
}

func withBody(h facts.Hop, body string) facts.Hop {
	h.Body = body
	return h
}

func appAnswersTrials() []trial {
	return []trial{
		{name: "the app's first page", facts: given(front(page("/", 200))), want: gate.Pass("the app answers 200")},
		{name: "a redirect to sign in", facts: given(front(toAuthorize("/", preview+"/callback"))), want: gate.Pass("the app answers 307")},
		{name: "no first page", facts: given(front(page("/", 404))), want: gate.Pass("the app answers 404")},
		{name: "a proxy that throws is for another check", facts: given(front(hop("/", 500, "X-Vercel-Error", "MIDDLEWARE_INVOCATION_FAILED"))), want: gate.Pass("the app answers 500")},
		{name: "the app's own password", facts: given(front(hop("/", 401, "Www-Authenticate", "Basic", "X-Matched-Path", "/"))), want: gate.Pass("the app answers 401")},
		{name: "down for now", facts: given(front(hop("/", 503))), want: gate.Unsure("the preview answers 503 Service Unavailable")},
		{name: "a bad gateway", facts: given(front(hop("/", 502))), want: gate.Unsure("the preview answers 502 Bad Gateway")},
		{
			name:  "a module that throws while it is loaded",
			facts: given(front(hop("/", 500, "X-Vercel-Error", "FUNCTION_INVOCATION_FAILED", "X-Vercel-Id", "iad1::abc"))),
			want: gate.Fail("the app crashes on its first page (FUNCTION_INVOCATION_FAILED)").
				FixedBy("Read the deployment's runtime logs in Vercel for the exception; a module that throws while it is loaded, such as a check of environment variables, is the usual cause.").
				Because("GET /", "500 Internal Server Error, x-vercel-error: FUNCTION_INVOCATION_FAILED").
				Because("x-vercel-id", "iad1::abc"),
		},
		{
			name:  "no such host",
			facts: given(facts.FrontPage.Is(facts.Front{Trouble: "there is no host web.example"})),
			want:  gate.Fail("no request reaches the preview: there is no host web.example"),
		},
	}
}

func wallTrials() []trial {
	const (
		create = "Create a secret in Vercel under Project Settings, Deployment Protection, Protection Bypass for Automation, and give it to previewgate as `VERCEL_AUTOMATION_BYPASS_SECRET`."
		renew  = "Renew the bypass secret: it must be of this very project, under Project Settings, Deployment Protection, Protection Bypass for Automation; then set `VERCEL_AUTOMATION_BYPASS_SECRET` in the repository's secrets."
		exempt = "Let previewgate's requests pass in Vercel: Project, Firewall, a custom rule that bypasses for the user agent `previewgate`; or run it from an address that may connect."
	)
	sso := front(hop("/", 401, "Server", "Vercel", "Set-Cookie", "_vercel_sso_nonce=1; Path=/"))
	return []trial{
		{name: "Vercel Authentication", facts: given(sso), want: gate.Fail("Vercel Authentication answers in the app's place").FixedBy(create)},
		{
			name: "Vercel Authentication by redirect", facts: given(front(hop("/", 302, "Location", "https://vercel.com/sso-api?url=x&nonce=y"))),
			want: gate.Fail("Vercel Authentication answers in the app's place").FixedBy(create).Because("GET /", "302 Found to https://vercel.com/sso-api"),
		},
		{
			name: "an old bypass secret", facts: given(sso, facts.BypassGiven.Is(true)),
			want: gate.Fail("Vercel Authentication answers in the app's place although a bypass secret was sent").FixedBy(renew),
		},
		{
			name: "a password", facts: given(front(withBody(hop("/", 401, "Server", "Vercel"), `<form name="_vercel_password">`))),
			want: gate.Fail("Password Protection answers in the app's place").FixedBy(create),
		},
		{
			name: "the firewall's challenge", facts: given(front(hop("/", 429, "Server", "Vercel", "X-Vercel-Mitigated", "challenge"))),
			want: gate.Fail("Vercel's firewall answers in the app's place").FixedBy(exempt),
		},
		{
			name: "denied by the firewall", facts: given(front(hop("/", 403, "Server", "Vercel", "X-Vercel-Mitigated", "deny"))),
			want: gate.Fail("Vercel's firewall answers in the app's place").FixedBy(exempt),
		},
		{
			name: "the firewall's rate limit", facts: given(front(hop("/", 429, "Server", "Vercel", "X-Vercel-Mitigated", "deny"))),
			want: gate.Unsure("the preview answers 429, too many requests"),
		},
		{name: "a rate limit", facts: given(front(hop("/", 429))), want: gate.Unsure("the preview answers 429, too many requests")},
		{
			name: "a 403 that may be the app's own", facts: given(front(hop("/", 403, "Server", "Vercel"))),
			want: gate.Unsure("the preview answers 403: that may be Trusted IPs, the firewall or the app itself").
				FixedBy("Run previewgate from an address that may connect, or let its requests pass in Vercel under Firewall."),
		},
	}
}

func platformTrials() []trial {
	says := func(code string, status int) []gate.Given {
		return given(front(hop("/", status, "X-Vercel-Error", code)))
	}
	return []trial{
		{
			name: "a deployment that is gone", facts: says("DEPLOYMENT_NOT_FOUND", 404),
			want: gate.Fail("this deployment does not exist any more: it was deleted, or superseded by a newer one").
				FixedBy("Run again on the newest deployment of the branch.").
				Because("x-vercel-error", "DEPLOYMENT_NOT_FOUND").Because("GET /", "404 Not Found, x-vercel-error: DEPLOYMENT_NOT_FOUND"),
		},
		{name: "deleted", facts: says("DEPLOYMENT_DELETED", 410), want: gate.Fail("the deployment was deleted").FixedBy("Redeploy the commit.")},
		{
			name: "blocked", facts: says("DEPLOYMENT_BLOCKED", 403),
			want: gate.Fail("Vercel has blocked the deployment").FixedBy("Open the deployment in Vercel's dashboard: it says what has to be resolved in the account."),
		},
		{
			name: "disabled", facts: says("DEPLOYMENT_DISABLED", 402),
			want: gate.Fail("Vercel has blocked the deployment").FixedBy("Open the deployment in Vercel's dashboard: it says what has to be resolved in the account."),
		},
		{name: "paused", facts: says("DEPLOYMENT_PAUSED", 503), want: gate.Fail("the project is paused").FixedBy("Resume the project in Vercel under Settings, General.")},
		{
			name: "a loop", facts: says("INFINITE_LOOP_DETECTED", 508),
			want: gate.Fail("the app requests itself without end").FixedBy("Look for a fetch of the app's own URL in its proxy or layout."),
		},
		{name: "throttled", facts: says("FUNCTION_THROTTLED", 503), want: gate.Unsure("Vercel answers in the app's place: FUNCTION_THROTTLED")},
		{name: "a proxy that timed out", facts: says("MIDDLEWARE_INVOCATION_TIMEOUT", 504), want: gate.Unsure("Vercel answers in the app's place: MIDDLEWARE_INVOCATION_TIMEOUT")},
		{name: "still building", facts: says("DEPLOYMENT_NOT_READY_REDIRECTING", 303), want: gate.Unsure("Vercel answers in the app's place: DEPLOYMENT_NOT_READY_REDIRECTING")},
		{name: "a hostile code", facts: says("%s `x`", 500), want: gate.Unsure("Vercel answers in the app's place: %s", "%s `x`")},
	}
}
