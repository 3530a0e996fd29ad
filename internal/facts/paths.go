package facts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Front is the preview's first page, or why there is none.
type Front struct {
	Visit
	Trouble string // why no request can reach the host at all; then there is no visit
}

// FrontPage is what the preview answers at "/". It keeps the answers of
// Vercel in the app's place, which every other fact takes for an error.
var FrontPage = &gate.Fact[Front]{
	Name:  "front page",
	Needs: []gate.Need{Main},
	Learn: learnFrontPage,
}

func learnFrontPage(ctx context.Context, known *gate.Facts) (Front, error) {
	site := Main.From(known)
	hop, err := site.get(ctx, "/", document())
	if err != nil {
		if noSuchHost(err) && namesResolve(ctx, site.client) {
			return Front{Trouble: err.Error()}, nil
		}
		return Front{}, err
	}
	if hop.Wall() != NoWall {
		return Front{Visit: Visit{Path: "/", Hops: []Hop{hop}}}, nil
	}
	v, err := site.visit(ctx, "/")
	return Front{Visit: v}, err
}

// noSuchHost reports whether a request failed because its host's name leads
// nowhere. Other failures may be ours or the network's.
func noSuchHost(err error) bool {
	failure, ok := errors.AsType[*web.Error](err)
	return ok && failure.Kind == web.DNS
}

// namesResolve is the control of a name that leads nowhere: where another,
// which certainly exists, leads nowhere either, names cannot be looked up
// here at all.
func namesResolve(ctx context.Context, client *web.Client) bool {
	_, err := client.Do(ctx, web.Request{Method: http.MethodHead, URL: "https://vercel.com/"})
	return !noSuchHost(err)
}

// MissingAsset is the answer to an asset-like path that no app has. It lies
// outside the usual matcher of AuthKit's proxy, so that Next.js answers it
// with an error page that lists the client chunks even while the proxy throws.
var MissingAsset = &gate.Fact[Hop]{
	Name:  "missing asset",
	Needs: []gate.Need{Main},
	Learn: func(ctx context.Context, known *gate.Facts) (Hop, error) {
		return Main.From(known).app(ctx, "/previewgate-nope.svg", http.Header{"Accept": {"*/*"}})
	},
}

// UnknownPage is where a visit to a path leads that no app has. A proxy that
// protects everything but a list of public paths sends it to sign in.
var UnknownPage = &gate.Fact[Visit]{
	Name:  "unknown path",
	Needs: []gate.Need{Main},
	Learn: func(ctx context.Context, known *gate.Facts) (Visit, error) {
		return Main.From(known).visit(ctx, unknownPath)
	},
}

const unknownPath = "/previewgate-nope"

// SignInPage is where a visit to the sign-in path leads.
var SignInPage = &gate.Fact[Visit]{
	Name:  "sign-in path",
	Needs: []gate.Need{Main, Routes},
	Learn: func(ctx context.Context, known *gate.Facts) (Visit, error) {
		return visitSignIn(ctx, Main.From(known), Routes.From(known))
	},
}

// visitSignIn visits the sign-in path that the user names or else the usual
// ones: /sign-in in three of four public apps, /login in most others. A path
// that is answered like one that no app has is not the app's sign-in path.
func visitSignIn(ctx context.Context, site *Site, paths Paths) (Visit, error) {
	if paths.SignIn != "" {
		return site.visit(ctx, paths.SignIn)
	}
	usual, err := site.visit(ctx, "/sign-in")
	if err != nil || usual.Last().Status != http.StatusNotFound {
		return usual, err
	}
	others, err := atOnce([]string{"/login", unknownPath}, func(path string) (Visit, error) { return site.visit(ctx, path) })
	if err == nil && others[0].Last().Status != http.StatusNotFound && !protectsAll(others[1]) {
		return others[0], nil
	}
	return usual, nil
}

// protectsAll reports whether a proxy sends visitors of a path that no app has
// away from the site at once. Where it sends them by way of the app's sign-in
// path, that path is no secret.
func protectsAll(unknown Visit) bool { return unknown.Next != "" && len(unknown.Hops) == 1 }

// ProtectedPages are the visits to the pages that the user says are for
// signed-in visitors.
var ProtectedPages = &gate.Fact[[]Visit]{
	Name:  "protected paths",
	Needs: []gate.Need{Main, Routes},
	Uses:  []gate.Need{Repository},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Visit, error) {
		paths := protectedPaths(known)
		if len(paths) == 0 {
			return nil, gate.NotGiven{What: "a protected path", Unlock: "--protected"}
		}
		return atOnce(paths, func(path string) (Visit, error) { return Main.From(known).visit(ctx, path) })
	},
}

// maxProtected is how many protected pages of the source are visited.
const maxProtected = 5

// protectedPaths are the pages that the user says are for signed-in visitors,
// or else those of which the source says so.
func protectedPaths(known *gate.Facts) []string {
	paths := Routes.From(known).Protected
	r, err := Repository.Lookup(known)
	if len(paths) > 0 || err != nil || len(r.Apps) != 1 {
		return paths
	}
	for _, call := range r.Findings.Protected {
		path := r.Apps[0].BasePath + call.URL
		fixed := !call.Client && call.App == r.Apps[0].Dir && !strings.Contains(path, "[")
		if fixed && !slices.Contains(paths, path) && len(paths) < maxProtected {
			paths = append(paths, path)
		}
	}
	return paths
}

// BadSession is what paths answer to a session cookie that is no seal: where
// AuthKit's proxy runs, it deletes the cookie.
var BadSession = &gate.Fact[[]Hop]{
	Name:  "answer to a broken session",
	Needs: []gate.Need{Main, Routes},
	Uses:  []gate.Need{Repository},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Hop, error) {
		paths := Routes.From(known)
		asked := append([]string{"/", cmp.Or(paths.SignIn, "/sign-in")}, protectedPaths(known)...)
		slices.Sort(asked)
		header := document()
		header.Set("Cookie", SessionCookie+"=previewgate-is-no-seal")
		return atOnce(slices.Compact(asked), func(path string) (Hop, error) {
			return Main.From(known).app(ctx, path, header)
		})
	},
}

// SessionCookie is the name that AuthKit gives its session cookie unless
// WORKOS_COOKIE_NAME says otherwise.
const SessionCookie = "wos-session"

// atOnce calls ask for every item at the same time. It returns the answers in
// the order of the items, or the first error. A panic is an error too: in a
// goroutine of its own it would end the whole process.
func atOnce[T, R any](items []T, ask func(T) (R, error)) ([]R, error) {
	answers, errs := make([]R, len(items)), make([]error, len(items))
	done := make(chan struct{})
	for i, item := range items {
		go func() {
			defer func() {
				if r := recover(); r != nil {
					errs[i] = fmt.Errorf("previewgate has a fault here: %v", r)
				}
				done <- struct{}{}
			}()
			answers[i], errs[i] = ask(item)
		}()
	}
	for range items {
		<-done
	}
	return answers, cmp.Or(errs...)
}
