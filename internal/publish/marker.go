package publish

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// maxValue is how long a value of a marker may be.
const maxValue = 200

// A marker is the hidden first line of a comment. It says which project the comment is for, and what its text is of. Its
// values are as they stand in the line.
type marker struct {
	project, sha, deployment string
	stamp
}

// newMarker returns the marker of a comment for s.
func newMarker(s subject, sha, deployment string, of stamp) marker {
	return marker{value(s.scope), value(sha), value(deployment), of}
}

// value returns s as a marker holds it: percent-encoded, and if that gets too long, as a digest. It cannot end the line.
func value(s string) string {
	if encoded := url.QueryEscape(s); len(encoded) <= maxValue {
		return encoded
	}
	return digest(s)
}

// String returns the line.
func (m marker) String() string {
	return fmt.Sprintf("<!-- previewgate v1 project=%s sha=%s dpl=%s run=%d attempt=%d started=%d seen=%d -->",
		m.project, m.sha, m.deployment, m.run, m.attempt, m.started, m.seen)
}

// parseMarker returns the marker that a comment begins with. One further down is somebody's quotation. Older releases
// left out the last keys.
func parseMarker(body string) (m marker, ok bool) {
	line, _, _ := strings.Cut(body, "\n")
	rest, starts := strings.CutPrefix(strings.TrimRight(line, "\r "), "<!-- previewgate v1 ")
	rest, ends := strings.CutSuffix(rest, " -->")
	if !starts || !ends {
		return marker{}, false
	}
	values := []*string{&m.project, &m.sha, &m.deployment, new("0"), new("0"), new("0"), new("0")}
	parts := strings.Split(rest, " ")
	if len(parts) < 5 || len(parts) > len(values) {
		return marker{}, false
	}
	for i, key := range []string{"project=", "sha=", "dpl=", "run=", "attempt=", "started=", "seen="}[:len(parts)] {
		if *values[i], ok = strings.CutPrefix(parts[i], key); !ok || len(*values[i]) > maxValue {
			return marker{}, false
		}
	}
	m.stamp, ok = parseStamp(*values[6], *values[5], *values[3], *values[4])
	return m, ok
}

// withoutMarkers returns Markdown in which nothing looks like a marker, so that a text that slipped through from outside
// cannot pass for one when the comment is quoted or cut.
func withoutMarkers(markdown string) string {
	return regexp.MustCompile(`(?i)<!--(\s*previewgate)`).ReplaceAllString(markdown, "&lt;!--$1")
}
