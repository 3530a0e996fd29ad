package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxValue is how long a value of a marker may be.
const maxValue = 200

// A marker is the hidden first line of a comment. It says which project the comment is for, and what its text is of.
type marker struct {
	project, sha, deployment string
	run, attempt             uint64
}

// String returns the line. Its values cannot end it, whatever they were.
func (m marker) String() string {
	return fmt.Sprintf("<!-- previewgate v1 project=%s sha=%s dpl=%s run=%d attempt=%d -->",
		value(m.project), value(m.sha), value(m.deployment), m.run, m.attempt)
}

// value returns s as a marker holds it: percent-encoded, and if that gets too long, as a digest.
func value(s string) string {
	encoded := url.QueryEscape(s)
	if len(encoded) > maxValue {
		digest := sha256.Sum256([]byte(s))
		return hex.EncodeToString(digest[:])
	}
	return encoded
}

// parseMarker returns the marker that a comment begins with. One further down is somebody's quotation.
func parseMarker(body string) (marker, bool) {
	line, _, _ := strings.Cut(body, "\n")
	form := regexp.MustCompile(`^<!-- previewgate v1 project=(\S{0,200}) sha=(\S{0,200}) dpl=(\S{0,200}) run=(\d{1,18}) attempt=(\d{1,9}) -->$`)
	parts := form.FindStringSubmatch(strings.TrimRight(line, "\r "))
	if parts == nil {
		return marker{}, false
	}
	run, _ := strconv.ParseUint(parts[4], 10, 64)
	attempt, _ := strconv.ParseUint(parts[5], 10, 64)
	return marker{parts[1], parts[2], parts[3], run, attempt}, true
}

// isFor reports whether m, as it was parsed, marks a comment for the same project as own.
func (m marker) isFor(own marker) bool { return m.project == value(own.project) }

// isLater reports whether m is of a later run than own, or a later attempt of the same.
func (m marker) isLater(own marker) bool {
	return m.run > own.run || m.run == own.run && m.attempt > own.attempt
}

// isOf reports whether m, as it was parsed, marks a report on the same commit as own.
func (m marker) isOf(own marker) bool { return m.sha == value(own.sha) }

// withoutMarkers returns Markdown in which nothing looks like a marker, so that a text that slipped through from outside
// cannot pass for one when the comment is quoted or cut.
func withoutMarkers(markdown string) string {
	return regexp.MustCompile(`(?i)<!--(\s*previewgate)`).ReplaceAllString(markdown, "&lt;!--$1")
}
