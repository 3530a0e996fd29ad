package rules

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// An Ignore is a comment that takes a finding back: it holds for its own line
// when it stands behind code, and for the line below it when it stands alone.
type Ignore struct {
	Position
	Check  string
	Reason string
	Lines  [2]int // the first and the last line that it holds for
	Wrong  string // what is wrong with it, empty when nothing is
}

var (
	ignoreMark = []byte("previewgate-ignore")
	ignoreForm = regexp.MustCompile(`^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\s*:\s*(\S.*)$`)
)

// Covers reports whether an ignore takes back a finding of a check at a
// place.
func (i Ignore) Covers(check string, at Position) bool {
	return i.Wrong == "" && i.Check == check && i.File == at.File && i.Lines[0] <= at.Line && at.Line <= i.Lines[1]
}

func (x *examination) ignores() {
	for _, file := range x.in.Roots {
		x.found.Ignores = append(x.found.Ignores, Ignores(file, x.in.Files[file])...)
	}
}

// Ignores finds the ignore comments of a file.
func Ignores(file string, text []byte) []Ignore {
	if !bytes.Contains(text, ignoreMark) {
		return nil
	}
	var found []Ignore
	offset, number := 0, 1
	for offset < len(text) {
		end, next := lineEnd(text, offset)
		if ignore, ok := ignoreIn(text[offset:end]); ok {
			ignore.File, ignore.Line = file, number
			ignore.Offset += offset
			ignore.Lines = [2]int{number, number}
			if standsAlone(text[offset:ignore.Offset]) {
				ignore.Lines[1]++
			}
			found = append(found, ignore)
		}
		offset, number = next, number+1
	}
	return found
}

// lineEnd returns where a line's text ends and the next line starts: at LF,
// CR LF or CR.
func lineEnd(text []byte, offset int) (end, next int) {
	i := bytes.IndexAny(text[offset:], "\r\n")
	if i < 0 {
		return len(text), len(text)
	}
	end = offset + i
	if text[end] == '\r' && end+1 < len(text) && text[end+1] == '\n' {
		return end, end + 2
	}
	return end, end + 1
}

// ignoreIn reads the comment of a line. The mark must open a comment, which
// must not lie in a string.
func ignoreIn(line []byte) (Ignore, bool) {
	before, after, found := bytes.Cut(line, ignoreMark)
	if !found {
		return Ignore{}, false
	}
	before = bytes.TrimRight(before, " \t*")
	opener := ""
	for _, o := range []string{"//", "/"} {
		if bytes.HasSuffix(before, []byte(o)) {
			opener = o
			break
		}
	}
	start := len(before) - len(opener)
	if opener == "" || opener == "/" && !bytes.HasPrefix(line[start:], []byte("/*")) || inString(line[:start]) {
		return Ignore{}, false
	}
	ignore := Ignore{Position: Position{Offset: start, Column: columnOf(line[:start]), Token: string(line[start : start+2])}}
	said := string(after)
	if opener == "/" {
		said, _, _ = strings.Cut(said, "*/")
		said = strings.TrimRight(said, " \t*")
	}
	ignore.read(said)
	return ignore, true
}

// read takes "<check>: reason".
func (i *Ignore) read(said string) {
	if said != "" && !strings.ContainsAny(said[:1], " \t:") {
		i.Wrong = "write previewgate-ignore <check>: <reason>"
		return
	}
	said = strings.TrimSpace(said)
	if parts := ignoreForm.FindStringSubmatch(said); parts != nil {
		i.Check, i.Reason = parts[1], strings.TrimSpace(parts[2])
		return
	}
	name, reason, found := strings.Cut(said, ":")
	switch {
	case strings.TrimSpace(name) == "":
		i.Wrong = "it names no check"
	case strings.TrimSpace(reason) == "":
		i.Wrong = "it gives no reason"
	case !found:
		i.Wrong = "write previewgate-ignore <check>: <reason>"
	default:
		i.Wrong = "it names no check that there could be"
	}
}

// standsAlone reports that a line has no code before a comment; in JSX the
// comment is in braces.
func standsAlone(before []byte) bool { return len(bytes.Trim(before, " \t{(")) == 0 }

func columnOf(before []byte) int {
	return len(utf16.Encode([]rune(string(before)))) + 1
}

// inString reports whether a quote is open at the end of the text.
func inString(before []byte) bool {
	quote := byte(0)
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case slices.Contains([]byte("\"'`"), c):
			quote = c
		}
	}
	return quote != 0
}
