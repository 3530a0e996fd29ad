package checks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

var clientID = regexp.MustCompile(`client_[A-Za-z0-9]+`)

// meantClient lists the facts that otherClient looks at.
func meantClient() []gate.Need {
	return []gate.Need{facts.ExpectedClient, facts.ConvexVariables, facts.ConvexTrust, facts.ConvexOpened, facts.ConvexSite, facts.ConvexInstance}
}

// otherClient is the client that is meant in place of the one that the app
// signs in with; "": none is known.
func otherClient(known *gate.Facts) string {
	in, err := facts.SignIn.Lookup(known)
	if err != nil {
		return ""
	}
	if expected, err := facts.ExpectedClient.Lookup(known); err == nil {
		if expected == in.ClientID {
			return ""
		}
		return expected
	}
	convex, _ := convexClients(known)
	if len(convex) != 1 || convex[0] == in.ClientID || takesTokens(known) {
		return ""
	}
	return convex[0]
}

// convexClients lists the WorkOS clients that the Convex deployment means,
// and says where that was read. What is written around an id, such as quotes
// that were pasted with it, is for another check.
func convexClients(known *gate.Facts) (clients []string, from string) {
	if settings, err := facts.ConvexVariables.Lookup(known); err == nil && sameDeployment(known) {
		if id := clientID.FindString(settings.ClientID); id != "" {
			return []string{id}, "WORKOS_CLIENT_ID on the Convex deployment"
		}
	}
	trust, err := facts.ConvexTrust.Lookup(known)
	if err != nil || !trust.Control.Unmatched() {
		return nil, ""
	}
	for _, p := range trust.Providers {
		clients = append(clients, clientID.FindAllString(p.Issuer+" "+p.Audience, -1)...)
	}
	slices.Sort(clients)
	return slices.Compact(clients), "providers that Convex lists"
}

// takesTokens reports whether Convex takes the tokens of the app's client,
// whatever its variables say: it does not take those of an issuer that nobody
// has.
func takesTokens(known *gate.Facts) bool {
	trust, err := facts.ConvexTrust.Lookup(known)
	return err == nil && trust.Control.Unmatched() && trust.Plain.Matched()
}

// sameDeployment reports whether the deployment that the deploy key opens is
// the one that the app talks to. On a domain of its own a deployment is known
// by the name that it gives.
func sameDeployment(known *gate.Facts) bool {
	opened, err := facts.ConvexOpened.Lookup(known)
	if err != nil || opened.Missing {
		return false
	}
	if site, err := facts.ConvexSite.Lookup(known); err != nil || opened.URL == site {
		return err == nil
	}
	instance, err := facts.ConvexInstance.Lookup(known)
	return err == nil && instance.Status == 200 && opened.Name != "" && strings.TrimSpace(instance.Body) == opened.Name
}
