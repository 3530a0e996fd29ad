package facts

import (
	"fmt"
	"regexp"
	"strings"
)

// A KeyKind says what a Convex deploy key opens.
type KeyKind string

// The kinds of deploy key, after Convex' documentation of them.
const (
	KeyPreviews   KeyKind = "preview deploy key"    // every preview of a project; looked up by branch
	KeyDeployment KeyKind = "deployment deploy key" // one deployment
	KeyProject    KeyKind = "project token"
	KeyAdmin      KeyKind = "admin key" // of a self-hosted or local deployment
	KeyToken      KeyKind = "access token"
)

// A DeployKey is what a deploy key says of itself, without its secret.
type DeployKey struct {
	Kind          KeyKind
	Team, Project string // slugs, for a key of a project
	Deployment    string // the deployment's name, for a key of one
	Environment   string // prod, dev, preview or custom, for a key of one deployment
}

var keyPart = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// ReadDeployKey reads a deploy key. Its errors never hold any of the key.
func ReadDeployKey(key string) (DeployKey, error) {
	prefix, secret, found := strings.Cut(key, "|")
	if !found {
		if strings.HasPrefix(key, "ey") {
			return DeployKey{Kind: KeyToken}, nil
		}
		return DeployKey{}, fmt.Errorf("the Convex deploy key has no | in it: copy it whole from the dashboard")
	}
	if secret == "" {
		return DeployKey{}, fmt.Errorf("the Convex deploy key ends at its |: copy it whole from the dashboard")
	}
	parts := strings.Split(prefix, ":")
	for _, p := range parts {
		if !keyPart.MatchString(p) {
			return DeployKey{}, fmt.Errorf("the Convex deploy key is malformed before its |")
		}
	}
	switch {
	case len(parts) == 1:
		return DeployKey{Kind: KeyAdmin, Deployment: parts[0]}, nil
	case len(parts) == 3 && parts[0] == "preview":
		return DeployKey{Kind: KeyPreviews, Team: parts[1], Project: parts[2], Environment: "preview"}, nil
	case len(parts) == 3 && parts[0] == "project":
		return DeployKey{Kind: KeyProject, Team: parts[1], Project: parts[2]}, nil
	case len(parts) == 2:
		return DeployKey{Kind: KeyDeployment, Deployment: parts[1], Environment: parts[0]}, nil
	}
	return DeployKey{}, fmt.Errorf("the Convex deploy key is of no known kind")
}
