package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestRedirectURISameHost(t *testing.T) {
	judge(t, RedirectURISameHost, workingHosts())
	judge(t, RedirectURISameHost, differingHosts())
}

// startAt is sign-in from another address that returns to that host.
func startAt(origin, returnsTo string) facts.Start {
	e := entrance("/sign-in", returnsTo+"/callback")
	e.Origin = origin
	return facts.Start{Host: facts.Host{Origin: origin}, Entrance: e}
}

// signingIn is sign-in from the preview that returns to that host, and sign-in
// from other addresses.
func signingIn(returnsTo string, elsewhere ...facts.Start) []gate.Given {
	return given(facts.SignIn.Is(entrance("/sign-in", returnsTo+"/callback")), facts.Elsewhere.Is(elsewhere))
}

func workingHosts() []trial {
	old := entrance("/sign-in", alias+"/callback")
	old.Sealed = false
	return []trial{
		{name: "the deployment's own URL", facts: signingIn(preview), want: gate.Pass("sign-in starts and ends on web-k3v9x2m1q-acme.vercel.app")},
		{
			name: "each address returns to itself", facts: signingIn(preview, startAt(alias, alias)),
			want: gate.Pass("sign-in starts and ends on web-k3v9x2m1q-acme.vercel.app"),
		},
		{
			name: "the alias returns to the deployment's own URL", facts: signingIn(preview, startAt(alias, preview)),
			want: gate.Pass("sign-in starts and ends on web-k3v9x2m1q-acme.vercel.app (it does not work from web-git-fix-login-acme.vercel.app)"),
		},
		{name: "written with capitals", facts: signingIn("https://WEB-K3V9X2M1Q-acme.vercel.app"), want: gate.Pass("sign-in starts and ends on web-k3v9x2m1q-acme.vercel.app")},
		{
			name: "AuthKit 2 with another host", facts: given(facts.SignIn.Is(old), facts.Elsewhere.Is(nil)),
			want: gate.Pass("AuthKit 2 completes sign-in on web-git-fix-login-acme.vercel.app too"),
		},
	}
}

func differingHosts() []trial {
	const third = "https://fix.preview.acme.com"
	open := func(host string) gate.Verdict {
		return gate.Fail("sign-in works only from https://%s: from web-k3v9x2m1q-acme.vercel.app it fails with missing_pkce_cookie", host).
			FixedBy("Open the preview at https://%s, or build the redirect URI from the host that your visitors use (`VERCEL_URL` is the deployment's own, `VERCEL_BRANCH_URL` its branch's).", host)
	}
	nowhere := facts.Start{Host: facts.Host{Origin: alias}, Trouble: "GET /sign-in answers 503 Service Unavailable"}
	return []trial{
		{
			name: "AuthKit 4 that returns to the branch alias", facts: signingIn(alias, startAt(alias, alias)),
			want: open("web-git-fix-login-acme.vercel.app").
				Because("sign-in starts at", preview).Because("redirect_uri", alias+"/callback"),
		},
		{
			name: "only a third address works", facts: signingIn(alias, startAt(alias, third), startAt(third, third)),
			want: open("fix.preview.acme.com"),
		},
		{
			name: "no address works", facts: signingIn(alias, startAt(alias, preview)),
			want: gate.Fail("sign-in works from no address of this deployment: from web-k3v9x2m1q-acme.vercel.app it returns to web-git-fix-login-acme.vercel.app, and from there to web-k3v9x2m1q-acme.vercel.app").
				AndBlocks().
				FixedBy("Build the redirect URI from one fixed host (`VERCEL_URL` or `VERCEL_BRANCH_URL`), not from the request.").
				Because("redirect_uri from web-k3v9x2m1q-acme.vercel.app", alias+"/callback").
				Because("redirect_uri from web-git-fix-login-acme.vercel.app", preview+"/callback"),
		},
		{
			name: "the alias cannot start sign-in just now", facts: signingIn(alias, nowhere),
			want: gate.Unsure("sign-in returns to web-git-fix-login-acme.vercel.app, where it could not be started: GET /sign-in answers 503 Service Unavailable"),
		},
		{
			name: "a host of which nothing is known", facts: signingIn(third),
			want: gate.Fail("sign-in from web-k3v9x2m1q-acme.vercel.app fails with missing_pkce_cookie: it returns to fix.preview.acme.com").
				Because("sign-in starts at", preview).Because("redirect_uri", third+"/callback"),
		},
	}
}
