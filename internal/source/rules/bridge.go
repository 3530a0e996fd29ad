package rules

import (
	"bytes"
	"context"
	"slices"

	"github.com/grafana/sobek/ast"
)

// A Bridge is a fetchAccessToken that a hook gives to Convex, made of
// AuthKit's tokens.
type Bridge struct {
	Position        // of fetchAccessToken in what the hook returns
	Hook     string // the hook's name, empty when it has none
	Forced   Forced // what it does when Convex asks for a fresh token
	Memoised bool   // React keeps it from one render to the next
}

// Forced says when a fetchAccessToken refreshes. Convex asks with
// forceRefreshToken each time that the hook's answer changes.
type Forced string

// The answers to forceRefreshToken.
const (
	Never       Forced = "never"        // it has no way to refresh
	WhenAsked   Forced = "when asked"   // Convex' contract
	WhenMissing Forced = "when missing" // only without a token
	Always      Forced = "always"       // whether asked or not
)

// A Refresh is a way of refreshing that costs more than it should.
type Refresh struct {
	Position
	Rule     Rule
	Severity Severity
	Hook     string
	Cause    Cause
	CauseAt  Position // zero when it is the same place
}

// A Rule names a way of refreshing.
type Rule string

// The ways of refreshing.
const (
	RefreshLoop          Rule = "refresh-loop"          // each refresh brings about the next
	ReauthLoop           Rule = "reauth-loop"           // each render makes Convex authenticate again
	ReauthOnRotation     Rule = "reauth-on-rotation"    // each new token does
	RefreshUnconditional Rule = "refresh-unconditional" // forceRefreshToken is not looked at
	ForceRefreshAlways   Rule = "force-refresh-always"  // a fixed forceRefresh: true
	RefreshInterval      Rule = "refresh-interval"      // on a timer
	RefreshInLoop        Rule = "refresh-in-loop"       // in for or while
	RefreshInEffect      Rule = "refresh-in-effect"     // in an effect that runs again after it
	RefreshEveryRequest  Rule = "refresh-every-request" // refreshSession while a page is rendered, or in the proxy
)

// A Cause says what makes a rule hold.
type Cause string

// The causes.
const (
	NotMemoised  Cause = "not memoised"
	DependsOn    Cause = "depends on what a refresh changes"
	LoadingState Cause = "isLoading or isAuthenticated follows the token's loading"
	NoDeps       Cause = "the effect has no dependencies"
	Guarded      Cause = "it runs under a condition"
)

func (x *examination) bridges(ctx context.Context) {
	f := &refreshFinder{x: x, ev: x.ev}
	if !x.mentionsAuthKit() {
		return
	}
	x.each(ctx, func(u *unit) {
		f.unit = u
		f.objects(u.module.Program)
		f.timers()
		f.loops(u.module.Program)
	})
	f.requests(ctx)
	slices.SortFunc(x.found.Bridges, func(a, b Bridge) int { return byPosition(a.Position, b.Position) })
	slices.SortFunc(x.found.Refreshes, func(a, b Refresh) int { return byPosition(a.Position, b.Position) })
	x.found.Refreshes = slices.CompactFunc(x.found.Refreshes, func(a, b Refresh) bool {
		return a.Position == b.Position && a.Rule == b.Rule
	})
}

// mentionsAuthKit reports whether any file speaks of AuthKit's packages.
func (x *examination) mentionsAuthKit() bool {
	for _, text := range x.in.Files {
		if bytes.Contains(text, []byte("@workos")) {
			return true
		}
	}
	return false
}

// A refreshFinder goes through one unit after the other.
type refreshFinder struct {
	x    *examination
	ev   *evaluator
	unit *unit
}

// objects looks for what a hook returns to Convex: an object that has
// fetchAccessToken.
func (f *refreshFinder) objects(n ast.Node) {
	if object, ok := n.(*ast.ObjectLiteral); ok {
		if key, value := propertyOf(object, "fetchAccessToken"); key != nil {
			f.bridge(object, key, value)
		}
	}
	children(n, f.objects)
}

// propertyOf returns the key and the value of a property that is written out.
func propertyOf(object *ast.ObjectLiteral, name string) (key, value ast.Expression) {
	for _, property := range object.Value {
		switch property := property.(type) {
		case *ast.PropertyKeyed:
			if k, known := keyOf(property); known && k == name {
				return property.Key, property.Value
			}
		case *ast.PropertyShort:
			if property.Name.Name.String() == name {
				return &property.Name, &property.Name
			}
		}
	}
	return nil, nil
}

func (f *refreshFinder) bridge(object *ast.ObjectLiteral, key, value ast.Expression) {
	_, loading := propertyOf(object, "isLoading")
	_, authenticated := propertyOf(object, "isAuthenticated")
	hook := f.hookOf(object)
	if hook == nil || loading == nil && authenticated == nil || !f.usesAuthKit(hook) {
		return
	}
	fetch := f.keptness(value, hook, 0)
	if fetch.function == nil {
		return
	}
	calls := f.refreshesIn(fetch)
	b := Bridge{Position: f.unit.at(key), Hook: f.nameOf(hook), Forced: forcedOf(calls), Memoised: fetch.memoised}
	f.x.found.Bridges = append(f.x.found.Bridges, b)
	if at := f.followsLoading(loading, authenticated); at != nil && fetch.memoised && fetch.rotates == nil {
		fetch.rotates, fetch.loading = at, true
	}
	f.judge(b, fetch, calls)
}

// judge applies what was measured: Convex asks for a fresh token each time
// that fetchAccessToken, isLoading or isAuthenticated changes.
func (f *refreshFinder) judge(b Bridge, fetch keptFunction, calls []refreshCall) {
	out := Refresh{Position: b.Position, Hook: b.Hook, Severity: Error}
	forced := b.Forced == WhenAsked || b.Forced == Always
	switch {
	case !fetch.memoised:
		out.Rule, out.Cause = ReauthLoop, NotMemoised
		if forced {
			out.Rule = RefreshLoop
		}
		out.CauseAt = f.unit.at(fetch.function)
		if f.compiled() {
			out.Severity = Info
		}
	case fetch.rotates != nil:
		out.Rule, out.Cause, out.CauseAt = ReauthOnRotation, DependsOn, f.unit.at(fetch.rotates)
		if fetch.loading {
			out.Cause = LoadingState
		}
		out.Severity = Info
		if b.Forced == WhenMissing {
			out.Severity = Warning
		}
		if forced {
			out.Rule, out.Severity = RefreshLoop, Error
		}
	case b.Forced == Always:
		out.Rule, out.Severity = RefreshUnconditional, Warning
	default:
		return
	}
	if call := worst(calls); call != nil && forced {
		out.Position = call.Position
		if call.fixed && out.Rule == RefreshUnconditional {
			out.Rule = ForceRefreshAlways
		}
	}
	f.x.found.Refreshes = append(f.x.found.Refreshes, out)
}
