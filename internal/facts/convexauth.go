package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/web"
)

// ConvexProviders are the providers of the deployed auth.config, as Convex'
// own dashboard lists them.
var ConvexProviders = &gate.Fact[[]Provider]{
	Name:  "providers of the Convex deployment",
	Needs: []gate.Need{Web, ConvexOpened},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Provider, error) {
		var rows []struct{ Type, Issuer, Domain, JWKS, Algorithm, ApplicationID string }
		err := askSystem(ctx, Web.From(known), ConvexOpened.From(known), "_system/frontend/listAuthProviders", "deployment:data:view", &rows)
		if err != nil {
			return nil, err
		}
		all := []Provider{}
		for _, r := range rows {
			p := Provider{Kind: "OIDC", Issuer: r.Domain, Audience: r.ApplicationID}
			if r.Type == "customJwt" {
				// Convex stores the algorithm as JSON, so it has quotes of its own.
				p = Provider{"CustomJWT", r.Issuer, r.ApplicationID, r.JWKS, strings.Trim(r.Algorithm, `"`)}
			}
			all = append(all, p)
		}
		return all, nil
	},
}

// askSystem runs a query of Convex' own tools. What the key may not do counts
// as not given; a query says so in an error while it runs, of which a
// deployment that redacts tells nothing.
func askSystem(ctx context.Context, client *web.Client, o Opened, path, permission string, into any) error {
	if o.Missing {
		return fmt.Errorf("convex has no preview deployment named %q", o.Branch)
	}
	body, err := json.Marshal(map[string]any{"path": path, "args": map[string]any{}, "format": "json"})
	if err != nil {
		return err
	}
	resp, err := client.Do(ctx, web.Request{
		Method: http.MethodPost, URL: o.URL + "/api/query", Body: body, Safe: true, Public: true,
		Header: http.Header{"Authorization": {"Convex " + o.adminKey}, "Content-Type": {"application/json"}},
	})
	if err != nil {
		return err
	}
	var answer struct {
		Status, ErrorMessage string
		Value                json.RawMessage
	}
	if err := readConvex(resp, &answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		if strings.Contains(answer.ErrorMessage, "permission") {
			return gate.NotGiven{What: "the deploy key's permission " + permission, Unlock: "CONVEX_DEPLOY_KEY with " + permission}
		}
		return fmt.Errorf("convex does not answer %s: %s", path, clip(answer.ErrorMessage))
	}
	if json.Unmarshal(answer.Value, into) != nil {
		return fmt.Errorf("convex answers %s with something else than a list", path)
	}
	return nil
}

// An EvaluatedConfig is an auth.config of the source under the values of the
// deployment.
type EvaluatedConfig struct {
	File      string
	Providers []eval.Provider
	Error     string // what Convex would say to it
	Variable  string // that is unset, when that is the error
	Trouble   string // why it could not be evaluated
}

// EvaluatedConfigs are the auth.configs of the source, evaluated under the
// environment of the Convex deployment that the deploy key opens.
var EvaluatedConfigs = &gate.Fact[[]EvaluatedConfig]{
	Name:   "auth.config under the deployment's environment",
	Needs:  []gate.Need{SourceDir, Repository, ConvexVariables, ConvexOpened},
	Within: sourceWithin,
	Learn: func(ctx context.Context, known *gate.Facts) ([]EvaluatedConfig, error) {
		root, err := os.OpenRoot(SourceDir.From(known))
		if err != nil {
			return nil, errors.New("the source directory cannot be read")
		}
		defer root.Close()
		site := ConvexOpened.From(known).URL
		env := map[string]string{
			"CONVEX_CLOUD_URL": site, "CONVEX_SITE_URL": strings.Replace(site, ".convex.cloud", ".convex.site", 1),
		}
		maps.Copy(env, ConvexVariables.From(known).values)
		var all []EvaluatedConfig
		for _, b := range Repository.From(known).Backends {
			if len(b.AuthConfigs) != 1 {
				continue
			}
			config := EvaluatedConfig{File: b.AuthConfigs[0]}
			found, err := eval.EvalAuthConfig(ctx, root.FS(), config.File, env)
			switch {
			case err != nil:
				config.Trouble = err.Error()
			case found.Error != nil:
				config.Error, config.Variable = found.Error.Message, found.Error.Variable
			default:
				config.Providers = found.Providers
			}
			all = append(all, config)
		}
		return all, nil
	},
}
