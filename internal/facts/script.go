package facts

import (
	"regexp"
	"slices"
	"strings"
)

// A Link is a link that the client renders.
type Link struct {
	Path     string
	Prefetch bool   // Next.js may ask for it before anybody clicks
	Source   string // where it was seen: the URL of a chunk
	Offset   int    // in the chunk, in bytes
}

// A Leak is a secret in what every visitor downloads.
type Leak struct {
	What   string // the kind of secret, never its value
	Source string
	Offset int
}

// A Script is what one client chunk says about auth.
type Script struct {
	Convex   []string // URLs given to a Convex client
	UsesSDK  bool     // Convex' client library is in it
	NoConvex bool     // a Convex client is made from a variable that had no value at build time
	Links    []Link
	Leaks    []Leak
}

// readScript reads a chunk of minified JavaScript. known are credentials to
// look for by value.
func readScript(url, code string, known []string) Script {
	return Script{
		Convex:   convexURLs(code),
		UsesSDK:  strings.Contains(code, "ConvexReactClient") || strings.Contains(code, "happy-otter-123"),
		NoConvex: emptyConvex.MatchString(code),
		Links:    append(jsxLinks(url, code), prefetchCalls(url, code)...),
		Leaks:    leaks(url, code, known),
	}
}

// convexURL matches an address of a Convex deployment with what stands before
// it; EU deployments have the region as a further label.
var convexURL = regexp.MustCompile(`(.{0,12})(https://[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)?\.convex\.cloud)\b`)

// clientURL matches the address of a self-hosted deployment or a custom
// domain, where it is given to a Convex client.
var clientURL = regexp.MustCompile(`new [\w$]+(?:\.[\w$]+)?\("(https?://[^"\\\s]{4,200})",\{[^{}]{0,200}\b(?:expectAuth|verbose|unsavedChangesWarning)\b`)

// emptyConvex matches a Convex client, or the address for one, made of a
// variable that had no value when the app was built: the bundler leaves the
// variable's name or an empty string in its place.
var emptyConvex = regexp.MustCompile(`(?:new [\w$]+(?:\.[\w$]+)?\((?:""|void 0),\{[^{}]{0,200}\bexpectAuth\b|\benv\.NEXT_PUBLIC_CONVEX_URL[,);}|?&])`)

// sdkExamples are the deployments that Convex' own library names in its error
// texts. They are in every bundle.
func sdkExamples() []string {
	return []string{"happy-otter-123", "happy-animal-123", "small-mouse-123"}
}

// convexURLs lists the Convex deployments that text names, each once.
func convexURLs(text string) []string {
	var urls []string
	for _, m := range convexURL.FindAllStringSubmatch(text, 100) {
		name, _, _ := strings.Cut(strings.TrimPrefix(m[2], "https://"), ".")
		if !slices.Contains(sdkExamples(), name) && !strings.HasSuffix(m[1], "like '") {
			urls = append(urls, m[2])
		}
	}
	for _, m := range clientURL.FindAllStringSubmatch(text, 20) {
		urls = append(urls, strings.TrimRight(m[1], "/"))
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// prefetchCall matches router.prefetch("/path").
var prefetchCall = regexp.MustCompile(`\.prefetch\("(/[^"\\]{0,200})"`)

func prefetchCalls(url, code string) []Link {
	var links []Link
	for _, m := range prefetchCall.FindAllStringSubmatchIndex(code, 100) {
		links = append(links, Link{code[m[2]:m[3]], true, url, m[0]})
	}
	return links
}

// secretKey matches a secret key of the form that WorkOS (and Stripe) use.
// Placeholders in documentation are shorter.
var secretKey = regexp.MustCompile(`\bsk_(?:test|live)_[A-Za-z0-9]{20,}`)

func leaks(url, code string, known []string) []Leak {
	var found []Leak
	for _, m := range secretKey.FindAllStringIndex(code, 5) {
		found = append(found, Leak{"a secret key (" + code[m[0]:m[0]+len("sk_test")] + "_…)", url, m[0]})
	}
	for _, secret := range known {
		if at := strings.Index(code, secret); len(secret) >= 16 && at >= 0 && !strings.HasPrefix(secret, "sk_") {
			found = append(found, Leak{"a credential that previewgate was given", url, at})
		}
	}
	return found
}
