package action

import (
	"regexp"
	"strings"
)

// A dispatchPayload is what is used of the event that Vercel sends to a repository. Whoever may write to the repository
// can send one of the same form; GitHub says who did.
type dispatchPayload struct {
	Type   text   `json:"action"`
	Sender *actor `json:"sender"`
	Client struct {
		Environment text `json:"environment"`
		ID          text `json:"id"`
		URL         text `json:"url"`
		Error       text `json:"error"`
		Git         struct {
			Ref text `json:"ref"`
			SHA text `json:"sha"`
		} `json:"git"`
		Project struct {
			Name text `json:"name"`
		} `json:"project"`
		State struct {
			Type   text `json:"type"`
			Detail text `json:"detail"`
		} `json:"state"`
	} `json:"client_payload"`
}

func parseRepositoryDispatch(payload []byte) (Event, error) {
	var p dispatchPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	state, err := p.state()
	if err != nil {
		return Event{}, err
	}
	if by := p.Sender; by != nil && !isVercel(string(by.Login), string(by.Type)) {
		return Event{}, skip("the dispatch was sent by %q and not by Vercel", clean(string(by.Login), 50))
	}
	branch := strings.TrimPrefix(string(p.Client.Git.Ref), "refs/heads/")
	if isQueues(branch) {
		return Event{}, ofQueue()
	}
	sha, err := commit(p.Client.Git.SHA)
	if err != nil {
		return Event{}, err
	}
	e := Event{
		State: state, SHA: sha, Environment: "preview",
		Project: clean(string(p.Client.Project.Name), 100),
		Branch:  clean(branch, 255),
	}
	if id := string(p.Client.ID); regexp.MustCompile(`^dpl_[0-9A-Za-z]{1,64}$`).MatchString(id) {
		e.Deployment = id
	}
	switch state {
	case Failure, Canceled, Blocked:
		e.Detail = p.detail()
	case Success:
		e.URL, err = address(p.Client.URL)
		if err == nil && e.URL == "" {
			err = misuse("the deployment is ready but has no address (client_payload.url)")
		}
	}
	return e, err
}

// state reads what happened from the event's type, vercel.deployment.x or vercel.project.y.deployment.x: the state
// within the payload lacks "ready".
func (p dispatchPayload) state() (string, error) {
	kind := regexp.MustCompile(`^vercel\.(?:project\.[\w-]{1,64}\.)?deployment\.(\w{1,30})$`).FindStringSubmatch(string(p.Type))
	if kind == nil {
		return "", misuse("the repository_dispatch %q is not one of Vercel's deployments", clean(string(p.Type), 100))
	}
	switch where, _ := environment(p.Client.Environment); where {
	case "preview":
	case "":
		return "", misuse("the deployment names no environment (client_payload.environment)")
	default:
		return "", skip("the deployment is one to %s, not a preview", where)
	}
	switch kind[1] {
	case "success", "ready":
		return Success, nil
	case "error", "failed":
		if p.isRefusal() {
			return Blocked, nil
		}
		return Failure, nil
	case "canceled":
		return Canceled, nil
	case "ignored":
		return Ignored, nil
	case "skipped":
		return Skipped, nil
	}
	return "", skip("the deployment is %q: nothing to judge", kind[1])
}

// isRefusal reports whether Vercel did not even try to build.
func (p dispatchPayload) isRefusal() bool {
	switch p.Client.State.Detail {
	case "authorization_required", "account_blocked", "missing_vercel_access", "no_vercel_account":
		return true
	}
	return false
}

// detail says why there is no preview: why Vercel refused, or the error, or failing that the detail of the state, or
// the state itself.
func (p dispatchPayload) detail() string {
	last := p.Type[strings.LastIndexByte(string(p.Type), '.')+1:]
	said := []text{p.Client.Error, p.Client.State.Detail, p.Client.State.Type, last}
	if p.isRefusal() {
		said = said[1:]
	}
	for _, s := range said {
		if said := clean(strings.ReplaceAll(string(s), "_", " "), 140); said != "" {
			return said
		}
	}
	return ""
}
