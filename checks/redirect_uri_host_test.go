package checks

import (
	"slices"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/project"
)

func TestRedirectURIHost(t *testing.T) {
	judge(t, RedirectURIHost, ownHosts())
	judge(t, RedirectURIHost, wrongHosts())
	judge(t, RedirectURIHost, strangeHosts())
}

// returning is sign-in that returns to the URI, on a preview of build "b1"
// that is known by its own address.
func returning(uri string, more ...gate.Given) []gate.Given {
	return append(given(
		facts.Entrances.Is([]facts.Entrance{entrance("/sign-in", uri)}),
		facts.SignIn.Is(entrance("/sign-in", uri)),
		facts.Hosts.Is([]facts.Host{{Origin: preview, Known: "the URL under test"}}),
		facts.Strangers.Is(nil),
		facts.ClientBundle.Is(facts.Bundle{BuildID: "b1"}),
	), more...)
}

// stranger is a host that the redirect URI names.
func stranger(s facts.Stranger) gate.Given { return facts.Strangers.Is([]facts.Stranger{s}) }

func ownHosts() []trial {
	return []trial{
		{name: "the deployment's own URL", facts: returning(preview + "/callback"), want: gate.Pass("sign-in returns to web-k3v9x2m1q-acme.vercel.app")},
		{
			name: "the branch alias, which Vercel's API names", facts: returning(alias+"/callback", facts.Hosts.Is([]facts.Host{{Origin: preview}, {Origin: alias}})),
			want: gate.Pass("sign-in returns to web-git-fix-login-acme.vercel.app"),
		},
		{
			name: "written with capitals and the port", facts: returning("https://WEB-k3v9x2m1q-acme.vercel.app:443/callback"),
			want: gate.Pass("sign-in returns to WEB-k3v9x2m1q-acme.vercel.app:443"),
		},
		{
			name: "a preview on plain http that the user allows", facts: returning("http://localhost:3000/callback", facts.Hosts.Is([]facts.Host{{Origin: "http://localhost:3000"}})),
			want: gate.Pass("sign-in returns to localhost:3000"),
		},
		{
			name: "a domain of its own that serves the same build", facts: returning("https://fix.preview.acme.com/callback", stranger(facts.Stranger{Origin: "https://fix.preview.acme.com", BuildID: "b1"})),
			want: gate.Pass("sign-in returns to fix.preview.acme.com, which serves the same build"),
		},
		{
			name: "a project whose name says undefined", facts: returning("https://undefined-git-fix-acme.vercel.app/callback", stranger(facts.Stranger{Origin: "https://undefined-git-fix-acme.vercel.app", BuildID: "b1"})),
			want: gate.Pass("sign-in returns to undefined-git-fix-acme.vercel.app, which serves the same build"),
		},
	}
}

// TestTheSourceMayAskForAnotherRedirectURI holds that a difference between the
// deployment and the sources is shown beside the failure.
func TestTheSourceMayAskForAnotherRedirectURI(t *testing.T) {
	asking := func(uri string) gate.Given {
		app := source.App{App: project.App{Dir: ".", Proxy: project.Proxy{File: "proxy.ts"}}, Evaluated: &eval.Proxy{
			Visits: []eval.Visit{{URL: preview + "/", Calls: []eval.Call{{RedirectURI: uri}}}},
		}}
		return facts.Repository.Is(source.Repository{Apps: []source.App{app}})
	}
	told := func(v gate.Verdict) bool {
		return slices.ContainsFunc(v.Evidence, func(e gate.Evidence) bool { return e.File == "proxy.ts" && e.Saw == preview+"/callback" })
	}
	const local = "http://localhost:3000/callback"
	if v := RedirectURIHost.JudgeAlone(gate.Target{}, returning(local, asking(preview+"/callback"))...); v.Status != gate.Failed || !told(v) {
		t.Errorf("got %+v", v)
	}
	if v := RedirectURIHost.JudgeAlone(gate.Target{}, returning(local, asking(local))...); v.Status != gate.Failed || told(v) {
		t.Errorf("got %+v", v)
	}
}

func wrongHosts() []trial {
	const (
		expose = "Turn on \"Automatically expose System Environment Variables\" in Vercel under Project Settings, Environment Variables, and redeploy: `VERCEL_URL` has no value without it."
		local  = "Take the localhost value of `NEXT_PUBLIC_WORKOS_REDIRECT_URI` off the Preview environment in Vercel, build `redirectUri` in the proxy from `process.env.VERCEL_URL` instead, and redeploy."
	)
	localhost := gate.Fail("sign-in returns to localhost:3000, a developer's own machine").FixedBy(local)
	return []trial{
		{
			name: "a developer's machine", facts: returning("http://localhost:3000/callback"),
			want: localhost.Because("redirect_uri of GET /sign-in", "http://localhost:3000/callback").Because("preview", preview),
		},
		{name: "a developer's address", facts: returning("http://127.0.0.1:3000/callback"), want: gate.Fail("sign-in returns to 127.0.0.1:3000, a developer's own machine").FixedBy(local)},
		{name: "a variable without a value", facts: returning("https://undefined/callback"), want: gate.Fail(`sign-in returns to the host "undefined": the variable it is built from has no value`).FixedBy(expose)},
		{name: "a part without a value", facts: returning("https://web-undefined.vercel.app/callback"), want: gate.Fail(`sign-in returns to the host "web-undefined.vercel.app": the variable it is built from has no value`).FixedBy(expose)},
		{
			name: "production", facts: returning("https://app.acme.com/callback", stranger(facts.Stranger{Origin: "https://app.acme.com", BuildID: "b0"})),
			want: gate.Fail("sign-in returns to app.acme.com, which is another deployment").
				Because("build of app.acme.com", "b0").Because("build of the preview", "b1").
				Because("redirect_uri of GET /sign-in", "https://app.acme.com/callback").Because("preview", preview),
		},
		{
			name: "a host that does not exist", facts: returning("https://gone.example/callback", stranger(facts.Stranger{Origin: "https://gone.example", Gone: true, Trouble: "there is no host gone.example"}), facts.ClientBundle.Is(facts.Bundle{})),
			want: gate.Fail("sign-in returns to gone.example, which does not answer: there is no host gone.example"),
		},
		{name: "plain http", facts: returning("http://web.acme.com/callback"), want: gate.Fail("sign-in returns to web.acme.com over http instead of https")},
		{name: "an address", facts: returning("https://10.0.0.8/callback"), want: gate.Fail("sign-in returns to 10.0.0.8, which is no public host")},
		{name: "no redirect URI", facts: returning(""), want: gate.Fail("the request for sign-in from /sign-in names no redirect URI")},
		{name: "a path alone", facts: returning("/callback"), want: gate.Fail(`sign-in from /sign-in returns to "/callback", which is no address`)},
		{name: "a hostile URI", facts: returning("\n::error::%s"), want: gate.Fail("%s", `sign-in from /sign-in returns to "\n::error::%s", which is no address`)},
		{
			name:  "a protected page that returns to a developer's machine, after a doubt",
			facts: returning("https://who.example/callback", facts.Entrances.Is([]facts.Entrance{entrance("/sign-in", "https://who.example/callback"), entrance("/dashboard", "http://localhost:3000/callback")})),
			want:  localhost.Because("redirect_uri of GET /dashboard", "http://localhost:3000/callback").Because("preview", preview),
		},
	}
}

func strangeHosts() []trial {
	at := facts.Stranger{Origin: alias, BuildID: "b0"}
	here := gate.Target{URL: preview, Branch: "fix/login"}
	return []trial{
		{
			name: "the branch alias before Vercel has moved it", target: here, facts: returning(alias+"/callback", stranger(at)),
			want: gate.Unsure("sign-in returns to web-git-fix-login-acme.vercel.app, the alias of a branch, which serves another build at the moment: run again when the newest build has it"),
		},
		{
			name: "some branch's alias, where the branch is not known", target: gate.Target{URL: preview}, facts: returning(alias+"/callback", stranger(at)),
			want: gate.Unsure("sign-in returns to web-git-fix-login-acme.vercel.app, the alias of a branch, which serves another build at the moment: run again when the newest build has it"),
		},
		{
			name: "another branch's alias", target: gate.Target{URL: preview, Branch: "main"}, facts: returning(alias+"/callback", stranger(at)),
			want: gate.Fail("sign-in returns to web-git-fix-login-acme.vercel.app, which is another deployment"),
		},
		{
			name: "another project's alias", target: gate.Target{URL: "https://shop-abc123def-acme.vercel.app", Branch: "fix/login"}, facts: returning(alias+"/callback", stranger(at)),
			want: gate.Fail("sign-in returns to web-git-fix-login-acme.vercel.app, which is another deployment"),
		},
		{
			name: "a host behind Vercel Authentication", facts: returning("https://fix.acme.com/callback", stranger(facts.Stranger{Origin: "https://fix.acme.com", Trouble: "GET / was answered by Vercel Authentication"})),
			want: gate.Unsure("sign-in returns to fix.acme.com; whether that is this deployment cannot be told (GET / was answered by Vercel Authentication): name it with --alias if it is"),
		},
		{
			name: "a host that says nothing of its build", facts: returning("https://fix.acme.com/callback", stranger(facts.Stranger{Origin: "https://fix.acme.com"})),
			want: gate.Unsure("sign-in returns to fix.acme.com, which does not say which build it serves: name it with --alias if it is this deployment"),
		},
		{
			name: "a preview that says nothing of its own build", facts: returning("https://fix.acme.com/callback", stranger(facts.Stranger{Origin: "https://fix.acme.com", BuildID: "b0"}), facts.ClientBundle.Is(facts.Bundle{})),
			want: gate.Unsure("sign-in returns to fix.acme.com; whether that is this deployment cannot be told: name it with --alias if it is"),
		},
		{
			name: "a host that was not asked", facts: returning("https://fix.acme.com/callback"),
			want: gate.Unsure("sign-in returns to fix.acme.com; whether that is this deployment cannot be told: name it with --alias if it is"),
		},
	}
}
