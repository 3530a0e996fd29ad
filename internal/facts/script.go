package facts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Link is a link that the client renders.
type Link struct {
	Path     string
	Prefetch Prefetch
	Source   string // where it was seen: the URL of a chunk
	Offset   int    // in the chunk, in bytes
}

// Place names where the link was seen.
func (l Link) Place() string {
	if l.Offset == 0 {
		return l.Source
	}
	return fmt.Sprintf("%s, byte %d", l.Source, l.Offset)
}

// Prefetch says whether Next.js asks for a link before anybody clicks on it.
type Prefetch int

// The answers. What a chunk calls a component does not tell for sure what it
// is: next/link is always imported as a default, and most others by name.
const (
	NoPrefetch Prefetch = iota
	MayPrefetch
	Prefetches
)

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
	Actions  map[string]string // IDs of server actions, by the name they have in the source
}

// readScript reads a chunk of minified JavaScript. known are credentials to
// look for by value. Chunks have megabytes on one line, so every expression
// here starts with a literal text, which Go looks for quickly, and repeats
// nothing a counted number of times.
func readScript(url, code string, known []string) Script {
	convex, empty := convexURLs(code)
	return Script{
		Convex:   convex,
		UsesSDK:  strings.Contains(code, "ConvexReactClient") || strings.Contains(code, "happy-otter-123"),
		NoConvex: empty || emptyVariable.MatchString(code),
		Links:    append(jsxLinks(url, code), prefetchCalls(url, code)...),
		Leaks:    leaks(url, code, known),
		Actions:  serverActions(code),
	}
}

// convexURLs lists the Convex deployments that text names, each once, and
// says whether a client of Convex is made from no address.
func convexURLs(text string) (urls []string, empty bool) {
	urls = cloudURLs(text)
	for _, address := range clientURLs(text) {
		if address == "" {
			empty = true
		} else {
			urls = append(urls, address)
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls), empty
}

const (
	cloud       = ".convex.cloud"
	maxAddress  = 200 // bytes of the longest address that is looked for
	maxMentions = 100 // of one chunk
)

// cloudURL is the form of an address on Convex' own domain; deployments
// outside the United States have the region as a further label.
var cloudURL = regexp.MustCompile(`^https://[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)?\.convex\.cloud$`)

// cloudURLs lists the addresses on Convex' own domain, without those that
// Convex' library names as examples.
func cloudURLs(text string) []string {
	var urls []string
	for at := range places(text, cloud) {
		end := at + len(cloud)
		head := text[max(0, at-maxAddress):end]
		start := strings.LastIndex(head, "https://")
		if start < 0 || goesOn(text[end:]) || !cloudURL.MatchString(head[start:]) {
			continue
		}
		address, before := head[start:], head[:start]
		name, _, _ := strings.Cut(strings.TrimPrefix(address, "https://"), ".")
		if !slices.Contains(sdkExamples(), name) && !strings.HasSuffix(before, "like '") && !slices.Contains(urls, address) {
			urls = append(urls, address)
		}
		if len(urls) == maxMentions {
			break
		}
	}
	return urls
}

// goesOn reports whether a host name goes on with what comes after it.
func goesOn(after string) bool {
	after = strings.TrimPrefix(after, ".")
	return after != "" && (isWord(after[0]) || after[0] == '-')
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// sdkExamples are the deployments that Convex' own library names in its error
// texts. They are in every bundle.
func sdkExamples() []string {
	return []string{"happy-otter-123", "happy-animal-123", "small-mouse-123"}
}

// newClient matches the making of an object from an address, or from what the
// bundler leaves of one that had no value, and options.
var newClient = regexp.MustCompile("new [\\w$]+(?:\\.[\\w$]+)?\\((?:[\"'`](https?://[^\"'`\\\\\\s]+)[\"'`]|\"\"|''|``|void 0),\\{")

// clientURLs lists what Convex clients are made from: addresses, also of
// self-hosted deployments and custom domains, and "" for one without a value.
func clientURLs(code string) []string {
	var urls []string
	for _, m := range newClient.FindAllStringSubmatchIndex(code, -1) {
		options, _, _ := strings.Cut(code[m[1]:min(len(code), m[1]+maxAddress)], "}")
		switch {
		case m[2] < 0 && strings.Contains(options, "expectAuth"):
			urls = append(urls, "")
		case m[2] >= 0 && m[3]-m[2] <= maxAddress && isClientOptions(options):
			urls = append(urls, strings.TrimRight(code[m[2]:m[3]], "/"))
		}
		if len(urls) == maxMentions {
			break
		}
	}
	return urls
}

func isClientOptions(options string) bool {
	return strings.Contains(options, "expectAuth") || strings.Contains(options, "verbose") ||
		strings.Contains(options, "unsavedChangesWarning")
}

// emptyVariable matches the name of a variable that had no value when the app
// was built: with one the bundler puts the value in its place.
var emptyVariable = regexp.MustCompile(`env\.NEXT_PUBLIC_CONVEX_URL[,);}|?&]`)

// prefetchCall matches router.prefetch("/path").
var prefetchCall = regexp.MustCompile("\\.prefetch\\([\"'`](/[^\"'`\\\\$]*)[\"'`]")

func prefetchCalls(url, code string) []Link {
	var links []Link
	for _, m := range prefetchCall.FindAllStringSubmatchIndex(code, maxMentions) {
		if path := code[m[2]:m[3]]; isPath(path) && len(path) <= maxAddress {
			links = append(links, Link{path, Prefetches, url, m[0]})
		}
	}
	return links
}

// actionReference matches the client's half of a server action, behind the
// name of the function that makes it.
var actionReference = regexp.MustCompile("^\\)?\\([\"'`]([0-9a-f]+)[\"'`],[^\"'`()]*,[\"'`](\\w+)[\"'`]\\)")

// serverActions lists the server actions that a chunk can call.
func serverActions(code string) map[string]string {
	const maker = "createServerReference"
	var actions map[string]string
	for at := range places(code, maker) {
		window := code[at+len(maker) : min(len(code), at+len(maker)+2*maxAddress)]
		m := actionReference.FindStringSubmatch(window)
		if m == nil || len(m[1]) < 40 || len(actions) == maxMentions {
			continue
		}
		if actions == nil {
			actions = make(map[string]string)
		}
		actions[m[2]] = m[1]
	}
	return actions
}

// secretKey matches a secret key of the form that WorkOS (and Stripe) use.
var secretKey = regexp.MustCompile(`sk_(?:test|live)_[A-Za-z0-9]+`)

const (
	minKey    = len("sk_test_") + 20 // shorter ones are placeholders in documentation
	minSecret = 16                   // shorter values may stand in a chunk by chance
	maxLeaks  = 5                    // of one chunk
)

func leaks(url, code string, known []string) []Leak {
	var found []Leak
	for _, m := range secretKey.FindAllStringIndex(code, -1) {
		alone := m[0] == 0 || !isWord(code[m[0]-1])
		if alone && m[1]-m[0] >= minKey && len(found) < maxLeaks {
			found = append(found, Leak{"a secret key (" + code[m[0]:m[0]+len("sk_test")] + "_…)", url, m[0]})
		}
	}
	for _, secret := range known {
		if len(secret) < minSecret || strings.HasPrefix(secret, "sk_") {
			continue
		}
		if at := strings.Index(code, secret); at >= 0 {
			found = append(found, Leak{"a credential that previewgate was given", url, at})
		}
	}
	return found
}
