package checks

import (
	"fmt"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// noApp is the verdict on a recording in which no app is to be seen.
func noApp(t facts.Traffic) gate.Verdict {
	if len(t.Entries) == 0 {
		return gate.Unsure("the recording holds no request")
	}
	return gate.Unsure("none of the requests in the recording goes to a Next.js app (requests: %d)", len(t.Entries))
}

// citing adds the first entries as evidence, each with what says tells of it,
// and how many more there are.
func citing(v gate.Verdict, entries []facts.Entry, says func(facts.Entry) string) gate.Verdict {
	const most = 5
	for _, e := range entries[:min(len(entries), most)] {
		v = v.Because(fmt.Sprintf("%s, %s %s", e.Name(), e.Method, e.Path), says(e))
	}
	if more := len(entries) - most; more > 0 {
		v = v.Because(fmt.Sprintf("and %d more", more), "")
	}
	return v
}

// An asker is who had a request made.
type asker int

const (
	byHand   asker = iota // somebody who clicked, or went there
	byItself              // the browser or Next.js
	byScript              // a script, of which it is not known on whose behalf
)

// askedBy tells from its headers who had a request made.
func askedBy(e facts.Entry) asker {
	switch {
	case telling(e) != "":
		return byItself
	case e.Document():
		return byHand
	case e.Header["rsc"] != "" && !lowPriority(e):
		return byHand
	}
	return byScript
}

func lowPriority(e facts.Entry) bool { return e.Priority == "low" || e.Priority == "verylow" }

// initiator says what had a request made, as far as the recording tells.
func initiator(e facts.Entry) string {
	who := map[string]string{"script": "by a script", "parser": "by the page itself", "preload": "by a preload"}[e.Initiator]
	switch {
	case who == "":
		return ""
	case e.Source == "":
		return "asked for " + who
	}
	return "asked for " + who + ", " + e.Source
}

// askedAs begins what is said of a part of a page.
const askedAs = "asked for as "

// telling returns the header or the kind that says that nobody clicked, and
// "" where none does.
func telling(e facts.Entry) string {
	for _, name := range []string{"next-router-prefetch", "next-router-segment-prefetch"} {
		if value := e.Header[name]; value != "" {
			return name + ": " + value
		}
	}
	for _, name := range []string{"sec-purpose", "purpose", "x-purpose", "x-moz"} {
		if value := e.Header[name]; strings.Contains(value, "prefetch") || strings.Contains(value, "preview") {
			return name + ": " + value
		}
	}
	if e.Header["rsc"] != "" {
		if e.Header["next-router-state-tree"] == "" {
			return "rsc: " + e.Header["rsc"] + " without next-router-state-tree"
		}
		return ""
	}
	for _, dest := range []string{e.Header["sec-fetch-dest"], e.Kind} {
		switch dest {
		case "image", "style", "stylesheet", "script", "font", "audio", "video", "media", "track", "manifest", "prefetch":
			return askedAs + dest
		}
	}
	return ""
}
