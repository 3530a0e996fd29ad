package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// inRepository reports whether a path is one of a file of the repository.
func inRepository(file string) bool {
	clean := cleanPath(file)
	return file != "" && clean != "." && clean != "" && clean != ".." && !strings.HasPrefix(clean, "../")
}

func cleanPath(file string) string {
	return strings.TrimPrefix(path.Clean(strings.ReplaceAll(file, "\\", "/")), "/")
}

// locationOf is where evidence stands. Code scanning wants all four ends of the
// region: without a line it is the first of the file, and without an end it is
// one character.
func locationOf(e gate.Evidence) sarifLocation {
	region := sarifRegion{StartLine: max(e.Line, 1), StartColumn: max(e.Column, 1), EndLine: max(e.Line, 1)}
	region.EndColumn = max(e.EndColumn, region.StartColumn+1)
	text := plain(e.What)
	if e.Saw != "" {
		text += ": " + plain(e.Saw)
	}
	return sarifLocation{
		sarifPhysical{sarifArtifact{fileURI(e.File), "%SRCROOT%"}, region}, sarifText{cmp.Or(text, plain(place(e)))},
	}
}

// noLocation is the location of what stands in no file. Code scanning rejects a
// whole log for one result without a location ("expected at least one
// location"), and takes one of a file that does not exist.
func noLocation(r gate.Report) sarifLocation {
	return sarifLocation{
		sarifPhysical{sarifArtifact{URI: "not-in-a-file"}, sarifRegion{1, 1, 1, 2}},
		sarifText{"this is about " + subject(r) + " as a whole"},
	}
}

// fingerprints names the pieces of evidence, so that each keeps its name when
// lines move or the preview gets another address, and no two have the same:
// those with the same words in one file are counted from its top.
func fingerprints(d gate.Diagnosis) []map[string]string {
	order := make([]int, len(d.Evidence))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := d.Evidence[i], d.Evidence[j]
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	address := regexp.MustCompile(`https?://[^/\s"'` + "`" + `]+`)
	seen := make(map[string]int)
	named := make([]map[string]string, len(d.Evidence))
	for _, i := range order {
		e := d.Evidence[i]
		words := []string{d.Check.ID, cleanPath(e.File), e.What, address.ReplaceAllString(e.Saw, "//")}
		key := strings.Join(words, "\x00")
		seen[key]++
		named[i] = fingerprint(seen[key], words...)
	}
	return named
}

// fingerprint names the nth result of those words. Code scanning looks at
// primaryLocationLineHash alone, which has this form when it comes from CodeQL.
func fingerprint(nth int, words ...string) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", hex.EncodeToString(sum[:16]), nth)}
}

// fileURI returns a path in the repository as a relative URI reference.
func fileURI(file string) string {
	var b strings.Builder
	for _, c := range []byte(cleanPath(file)) {
		switch {
		case c == '/', c == '-', c == '_', c == '.', c == '~', '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			b.WriteByte(c)
		default:
			const hexDigits = "0123456789ABCDEF"
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}
