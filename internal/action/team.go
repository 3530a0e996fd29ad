package action

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// InTeam returns nil if a preview's address is one that Vercel gives deployments of the team with this slug:
// <something>-<team>.vercel.app. The name is a filter and no proof: a team called x-acme has names that end in -acme
// too.
func InTeam(address, team string) error {
	host := strings.ToLower(address)
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = strings.ToLower(u.Hostname())
	}
	team = strings.ToLower(team)
	label := `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
	if !regexp.MustCompile(`^` + label + `$`).MatchString(team) {
		return fmt.Errorf("%q is not the slug of a Vercel team", clean(team, 70))
	}
	whole, isVercels := strings.CutSuffix(host, ".vercel.app")
	before, isTeams := strings.CutSuffix(whole, "-"+team)
	if !isVercels || !isTeams || !regexp.MustCompile(`^`+label+`$`).MatchString(before) {
		return fmt.Errorf("%q is not an address of a deployment of the Vercel team %s", clean(host, 100), team)
	}
	return nil
}
