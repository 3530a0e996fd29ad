package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source"
)

// compared judges every way in which the proxy calls AuthKit. One that
// depends on the visitor's host may be right on one of the deployment's
// addresses and wrong on another: that is a failure, but sign-in has a way.
func compared(r source.Repository, app source.App, backends []source.Backend, calls []source.Call) gate.Verdict {
	var passed, failed, doubt []gate.Verdict
	var works, fails []string // hosts
	for _, call := range calls {
		switch v := comparedCall(r, app, backends, call); v.Status {
		case gate.Passed:
			passed = append(passed, v)
			works = append(works, call.Hosts...)
		case gate.Failed:
			failed = append(failed, v)
			fails = append(fails, call.Hosts...)
		default:
			doubt = append(doubt, v)
		}
	}
	works = slices.DeleteFunc(works, func(host string) bool { return slices.Contains(fails, host) })
	switch {
	case len(failed) > 0 && takenInFile(r, "redirect-uri-configured", app.Proxy.File):
		return gate.Pass("a comment in %s says that this is meant", app.Proxy.File)
	case len(failed) > 0 && len(works) > 0:
		v := failed[0].AndAdvises().
			FixedBy("Build `redirectUri` from the one variable of Vercel's that `convex.json` names, or register both of the deployment's hosts.")
		v.Summary += "; sign-in works from " + list(works)
		return v
	case len(failed) > 0:
		return failed[0]
	case len(doubt) > 0:
		return doubt[0]
	}
	return passed[0]
}

// comparedCall compares one way of calling AuthKit. What rests on a variable
// that may have a value after all does not fail.
func comparedCall(r source.Repository, app source.App, backends []source.Backend, call source.Call) gate.Verdict {
	file := app.Proxy.File
	switch {
	case call.Unknown != "":
		return gate.Unsure("the redirect URI of %s depends on what is not in the source: %s", file, call.Unknown)
	case call.RedirectURI == "" && r.Complete:
		return gate.Fail("%s has no redirect URI: %s is not set", file, cmp.Or(strings.Join(call.Unset, " or "), redirectVariable)).
			FixedBy("Give the proxy a `redirectUri` that is built from `process.env.VERCEL_URL`, or set `%s` for the Preview environment.", redirectVariable).
			At(gate.Evidence{What: "redirect URI of the proxy", File: file})
	case call.RedirectURI == "" && len(call.Unset) > 0:
		return untold(call.Unset[0], "the redirect URI of %s comes from %s, whose value is not known", file, list(call.Unset))
	case call.RedirectURI == "":
		return untold(redirectVariable, "%s leaves the redirect URI to %s, whose value is not known", file, redirectVariable)
	}
	var templates []string
	var first *source.Registered
	firstOf, unknown := "", ""
	for _, b := range backends {
		for i, x := range b.Registers {
			if x.URI == call.RedirectURI {
				return gate.Pass("the proxy and convex.json both mean %s", shape(call, x.Template))
			}
			if first == nil {
				first, firstOf = &b.Registers[i], b.Backend.Config
			}
			templates, unknown = append(templates, x.Template), cmp.Or(unknown, x.Unknown)
		}
	}
	switch {
	case len(call.Unset) > 0 && !r.Complete:
		return untold(call.Unset[0], "the redirect URI of %s comes from %s where it is set, and that is not known", file, list(call.Unset))
	case unknown != "":
		return untold(unknown, "what convex.json registers comes from %s, whose value is not known", unknown)
	}
	v := gate.Fail("the proxy asks for %s, and convex.json registers %s", shape(call, call.RedirectURI), list(templates)).
		At(placed("redirectUris", first.Template, first.Position)).
		At(gate.Evidence{What: "redirect URI of the proxy", Saw: call.RedirectURI, File: file})
	if template, ok := asTemplate(call); ok {
		v = v.FixedBy("Register in `%s` what the proxy asks for:\n\n```diff\n-\"%s\"\n+\"%s\"\n```", firstOf, first.Template, template)
	}
	return v
}

const redirectVariable = "NEXT_PUBLIC_WORKOS_REDIRECT_URI"

// untold skips what depends on the value of a variable.
func untold(variable, format string, args ...any) gate.Verdict {
	v := gate.Skip(format, args...)
	v.Unlock = "--env " + variable + "=…"
	return v
}

// shape shows a redirect URI by the variables that it is made of, since their
// values may be assumed.
func shape(call source.Call, otherwise string) string {
	if template, ok := asTemplate(call); ok {
		return template
	}
	return otherwise
}

// asTemplate writes the proxy's redirect URI as convex.json would, when its
// host is one variable of Vercel's.
func asTemplate(call source.Call) (string, bool) {
	if len(call.From) != 1 {
		return "", false
	}
	name := strings.TrimPrefix(call.From[0], "NEXT_PUBLIC_")
	if !strings.HasPrefix(name, "VERCEL_") || !strings.HasSuffix(name, "_URL") {
		return "", false
	}
	_, rest, _ := strings.Cut(call.RedirectURI, "://")
	_, path, found := strings.Cut(rest, "/")
	if !found {
		return "", false
	}
	return fmt.Sprintf("https://${buildEnv.%s}/%s", name, path), true
}
