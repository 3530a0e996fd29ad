package gate

// A Target is the deployment under judgement, as far as it is known. Every
// field may be empty; URL is empty when a deployment has no address, as after
// a failed build.
type Target struct {
	URL         string // the preview's address, with its scheme
	Deployment  string // Vercel's id, dpl_…
	Project     string // Vercel's project name
	Environment string // of the deployment: preview, production or a custom name
	Repository  string // owner/name on GitHub
	PullRequest int    // its number; 0 when there is none
	Branch      string // the Git branch that was deployed
	SHA         string // the commit that was deployed, 40 hex digits
	Recording   string // of a browser's traffic, by its file's name, where it and no deployment is judged
}
