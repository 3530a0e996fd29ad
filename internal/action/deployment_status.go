package action

// A statusPayload is what is used of the event that a deployment's new status makes.
type statusPayload struct {
	Deployment struct {
		SHA         text   `json:"sha"`
		Ref         text   `json:"ref"`
		Environment text   `json:"environment"`
		Creator     *actor `json:"creator"`
	} `json:"deployment"`
	Status struct {
		State       text   `json:"state"`
		Description text   `json:"description"`
		URL         text   `json:"environment_url"`
		Target      text   `json:"target_url"`
		Creator     *actor `json:"creator"`
	} `json:"deployment_status"`
}

func parseDeploymentStatus(payload []byte) (Event, error) {
	var p statusPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	if err := p.isForUs(); err != nil {
		return Event{}, err
	}
	sha, err := commit(p.Deployment.SHA)
	if err != nil {
		return Event{}, err
	}
	state, err := p.state()
	if err != nil {
		return Event{}, err
	}
	e := Event{SHA: sha, State: state}
	e.Environment, e.Project = environment(p.Deployment.Environment)
	if state != Success {
		e.Detail = clean(string(p.Status.Description), 140)
		return e, nil
	}
	e.URL, err = address(p.Status.URL)
	if err == nil && e.URL == "" {
		err = misuse("the deployment succeeded but has no address (environment_url)")
	}
	return e, err
}

// state reads what became of the deployment. GitHub calls one inactive when it was skipped, and also when another has
// taken its place, which is nothing new.
func (p statusPayload) state() (string, error) {
	said := string(p.Status.State)
	state := stateOf(said, string(p.Status.Description), string(p.Status.Target))
	switch said {
	case "success", "failure", "error":
		return state, nil
	case "inactive":
		if state == Skipped || state == Ignored {
			return state, nil
		}
	}
	return "", skip("the deployment is %q: nothing to judge yet", clean(said, 30))
}

// isForUs tells Vercel's previews from all other deployments. Whoever may push can add a status with any address to
// Vercel's own deployment, so both must be Vercel's.
func (p statusPayload) isForUs() error {
	creator := p.Deployment.Creator
	if creator == nil {
		creator = &actor{}
	}
	if !isVercel(string(creator.Login), string(creator.Type)) {
		return skip("the deployment was made by %q and not by Vercel", clean(string(creator.Login), 50))
	}
	if by := p.Status.Creator; by != nil && by.Login != "vercel[bot]" {
		return skip("the deployment's status was set by %q and not by Vercel", clean(string(by.Login), 50))
	}
	name, _ := environment(p.Deployment.Environment)
	switch {
	case name == "":
		return misuse("the deployment names no environment")
	case name == "production":
		return skip("the deployment is one to production, not a preview")
	case name != "preview" && p.Deployment.Ref != p.Deployment.SHA:
		// Jobs with an environment make deployments too, in Vercel's name when its push started them. Vercel itself
		// deploys commits and not branches.
		return skip("the deployment to %q is a workflow's and not Vercel's", name)
	}
	return nil
}
