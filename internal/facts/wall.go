package facts

import (
	"net/url"
	"strings"
)

// A Wall is what stands between us and the app: an answer that Vercel gave in
// the app's place.
type Wall string

// The walls. Their order of recognition follows Vercel's documents on
// deployment protection and the answers seen in public logs.
const (
	NoWall          Wall = ""
	WallSSO         Wall = "Vercel Authentication"
	WallPassword    Wall = "Password Protection"
	WallFirewall    Wall = "Vercel's firewall"
	WallTrustedIPs  Wall = "Trusted IPs or the firewall"
	WallRateLimited Wall = "a rate limit"
	WallPlatform    Wall = "a Vercel error page"
)

// Wall returns what answered in the app's place, and [NoWall] for an answer
// of the app itself. A proxy or a function that throws counts as the app.
func (a Answer) Wall() Wall {
	vercel := strings.EqualFold(a.Header.Get("Server"), "vercel")
	code := a.Header.Get("X-Vercel-Error")
	switch {
	case a.setsCookie("_vercel_sso_nonce") || isSSO(a.Location()):
		return WallSSO
	case a.Status == 401 && vercel && !a.ran() && strings.Contains(a.Body, "_vercel_password"):
		return WallPassword
	case a.Header.Get("X-Vercel-Mitigated") != "":
		return WallFirewall
	case code != "" && !appCode(code):
		return WallPlatform
	case a.Status == 401 && vercel && !a.ran() && strings.Contains(a.Body, "<title>Authentication Required</title>"):
		return WallSSO
	case a.Status == 403 && vercel && !a.ran() && code == "":
		return WallTrustedIPs
	case a.Status == 429:
		return WallRateLimited
	}
	return NoWall
}

// ran reports whether the request got as far as the deployment: Vercel then
// names the route that matched, its cache, or the region of a function beside
// that of the edge. A demand for a password by HTTP itself is the app's too,
// since Vercel has forms for that.
func (a Answer) ran() bool {
	return a.Header.Get("X-Matched-Path") != "" || a.Header.Get("X-Vercel-Cache") != "" ||
		a.Header.Get("Www-Authenticate") != "" || strings.Count(a.Header.Get("X-Vercel-Id"), "::") > 1
}

// appCode reports whether Vercel's error code says that the app's own code
// threw. All others are the platform's, the project's or the account's.
func appCode(code string) bool {
	switch code {
	case "MIDDLEWARE_INVOCATION_FAILED", "FUNCTION_INVOCATION_FAILED",
		"EDGE_FUNCTION_INVOCATION_FAILED", "NOT_FOUND":
		return true
	}
	return false
}

func isSSO(location string) bool {
	u, err := url.Parse(location)
	return err == nil && u.Hostname() == "vercel.com" && strings.HasPrefix(u.Path, "/sso-api")
}

func (a Answer) setsCookie(name string) bool {
	for _, line := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(line, name+"=") {
			return true
		}
	}
	return false
}

// A WallError says that a request did not reach the app.
type WallError struct {
	Request string
	Wall    Wall
	Code    string // Vercel's error code, for [WallPlatform]
}

func (e WallError) Error() string {
	if e.Code != "" {
		return e.Request + " was answered by Vercel: " + e.Code
	}
	return e.Request + " was answered by " + string(e.Wall)
}

// NamesSubject marks the error as one whose text says by itself what it is
// about.
func (e WallError) NamesSubject() {}
