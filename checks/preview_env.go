package checks

import (
	"slices"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// PreviewEnv asks whether the variables that AuthKit reads exist on this very
// deployment, and whether it was built after they were last changed.
//
// A variable that is set for Production only is absent from every preview,
// and a variable that changes later reaches a deployment only when it is
// built again. Names suffice for this: the values of sensitive variables can
// be read by nobody, which is normal and no failure.
//
// # Fix
//
// Set the variable for the Preview environment and redeploy:
//
//	vercel env add WORKOS_COOKIE_PASSWORD preview
//	vercel redeploy https://the-preview.vercel.app
var PreviewEnv = &gate.Check{
	ID:    "preview-env",
	Stage: gate.StageDeployment,
	Title: "The variables that AuthKit reads are on this deployment",
	Fix:   "Set the variables for the Preview environment in Vercel and redeploy.",
	Needs: []gate.Need{facts.Deployment, facts.Variables},
	Uses:  []gate.Need{facts.SignIn},
	After: []*gate.Check{PreviewBuilt},
	Judge: previewEnv,
}

// authKitVariables are what AuthKit for Next.js requires, after its README;
// the redirect URI may come from the proxy's own option instead.
func authKitVariables() []string {
	return []string{"WORKOS_API_KEY", "WORKOS_CLIENT_ID", "WORKOS_COOKIE_PASSWORD"}
}

func previewEnv(known *gate.Facts) gate.Verdict {
	d, variables := facts.Deployment.From(known), facts.Variables.From(known)
	if d.Names == nil {
		return gate.Unsure("the VERCEL_TOKEN may not see the names of the deployment's variables")
	}
	_, err := facts.SignIn.Lookup(known)
	signsIn := err == nil
	var missing []string
	for _, name := range authKitVariables() {
		proven := signsIn && name != "WORKOS_API_KEY" // AuthKit does not start sign-in without the other two
		if !proven && !slices.Contains(d.Names, name) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return envMissing(missing, variables)
	}
	if changed := changedAfter(d.Created, variables); changed != nil {
		return envChanged(d.Created, changed)
	}
	return gate.Pass("the deployment has %s", list(authKitVariables()))
}

func envMissing(missing []string, variables []facts.Variable) gate.Verdict {
	v := gate.Fail("the deployment was built without %s", list(missing))
	var commands []string
	for _, name := range missing {
		if slices.ContainsFunc(variables, func(x facts.Variable) bool { return x.Name == name }) {
			v = v.Because(name, "set for previews by now")
			continue
		}
		v = v.Because(name, "not set for previews")
		commands = append(commands, "`vercel env add "+name+" preview`")
	}
	if commands == nil {
		return v.FixedBy("Redeploy: what is missing is set for previews by now, but was not when this deployment was built.")
	}
	return v.FixedBy("Run %s, then redeploy.", list(commands))
}

// changedAfter lists the variables for auth that changed after that moment,
// except one that the branch has a value of its own for. Addresses are not
// among them: the proxy and convex deploy may set them without the variable,
// and the redirect URI and the client bundle show what came of it.
func changedAfter(built time.Time, variables []facts.Variable) []facts.Variable {
	if built.Unix() <= 0 {
		return nil // Vercel did not say when
	}
	var changed []facts.Variable
	for _, x := range variables {
		ownValue := func(o facts.Variable) bool { return o.Name == x.Name && o.Branch != "" && x.Branch == "" }
		if slices.Contains(authKitVariables(), x.Name) && x.Updated.After(built) && !slices.ContainsFunc(variables, ownValue) {
			changed = append(changed, x)
		}
	}
	return changed
}

func envChanged(built time.Time, changed []facts.Variable) gate.Verdict {
	var names []string
	for _, x := range changed {
		names = append(names, x.Name)
	}
	v := gate.Fail("%s changed in Vercel after this deployment was built, which does not have the new value", list(names)).
		FixedBy("Redeploy, so that the deployment gets the new value.").
		Because("deployment created", built.UTC().Format(time.RFC3339))
	for _, x := range changed {
		v = v.Because(x.Name+" updated", x.Updated.UTC().Format(time.RFC3339))
	}
	return v
}
