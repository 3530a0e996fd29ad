package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxMarks is how many accents may sit on one letter. More of them paint
	// over the lines around.
	maxMarks  = 3
	firstMark = '\u0300' // of Unicode
)

// visible shows every character that a reader would not see or a terminal
// would obey: controls, directions, characters of no width. What it returns
// is one line.
func visible(s string) string {
	var b strings.Builder
	marks := 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if marks++; r < firstMark || !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if hidden(r) || marks > maxMarks {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hidden reports whether r has no look of its own.
func hidden(r rune) bool {
	if r < unicode.MaxASCII {
		return r < ' '
	}
	return !unicode.IsPrint(r) || r == '\u2800' || // a letter of Braille without a dot
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// blanks are what may stand between the words of a text.
const blanks = " \t\r\n"

// joined puts a text of several lines on one.
func joined(s string) string {
	isBlank := func(r rune) bool { return strings.ContainsRune(blanks, r) }
	return strings.Join(strings.FieldsFunc(s, isBlank), " ")
}

// Caps on foreign text, in characters.
const (
	clauseCap = 300  // a summary, or one value
	fixCap    = 2000 // a fix with its commands
	linesCap  = 10   // lines of a value that has several
)

// startOf returns that many characters of s, and how many follow. Foreign
// text may be megabytes, of which the rest is not worth looking at.
func startOf(s string, characters int) (start string, more int) {
	n := 0
	for i := range s {
		if n++; n > characters {
			return s[:i], utf8.RuneCountInString(s[i:])
		}
	}
	return s, 0
}

// cut returns at most that many characters of s and words for the rest.
func cut(s string, most int) (kept, rest string) { return clip(s, most, 0) }

// cutVisible is cut of what s looks like.
func cutVisible(s string, most int) (kept, rest string) {
	start, beyond := startOf(s, 4*most)
	return clip(visible(start), most, beyond)
}

// clip is cut of a text of which that many characters are cut off already.
func clip(s string, most, beyond int) (kept, rest string) {
	kept, more := startOf(s, most)
	if more += beyond; more == 0 {
		return kept, ""
	}
	return kept + "…", furtherCharacters(more)
}

// furtherCharacters words how much of a text is not shown.
func furtherCharacters(n int) string {
	return "(" + plural(n, "more character", "more characters") + ")"
}

// plain makes a text fit for one line of a terminal.
func plain(s string) string { return plainWithin(s, clauseCap) }

// plainWithin is plain for a text that may be longer or has to be shorter.
func plainWithin(s string, most int) string {
	start, beyond := startOf(strings.Trim(s, blanks), 4*most)
	return together(clip(visible(joined(start)), most, beyond))
}

// together puts the words for the rest of a text behind it.
func together(kept, rest string) string { return strings.TrimRight(kept+" "+rest, " ") }

// whole returns the lines of a text, fit for a terminal or a block of code.
func whole(s string) []string {
	var shown []string
	for line := range strings.Lines(strings.Trim(s, "\r\n")) {
		line = strings.TrimRight(line, "\r\n")
		shown = append(shown, visible(strings.ReplaceAll(line, "\t", "  ")))
	}
	return shown
}

// excerpt returns the lines of a foreign value, no more than a reader can
// take in.
func excerpt(s string) []string {
	s = strings.Trim(s, "\r\n")
	var lines []string
	for line := range strings.Lines(s) {
		if len(lines) == linesCap {
			more := 1 + strings.Count(strings.TrimSuffix(s, "\n"), "\n")
			return append(lines, "… ("+plural(more, "more line", "more lines")+")")
		}
		s = s[len(line):]
		line = strings.TrimRight(line, "\r\n")
		lines = append(lines, together(cutVisible(strings.ReplaceAll(line, "\t", "  "), clauseCap)))
	}
	return lines
}

// severalLines reports whether s needs a block of its own.
func severalLines(s string) bool { return strings.Contains(strings.TrimSpace(s), "\n") }

// A part is a paragraph of a longer text, or a fenced block of code in it.
type part struct {
	text     string
	code     bool
	language string
}

// parts takes a text of several paragraphs apart.
func parts(s string) []part {
	var all []part
	var open part            // what the next line belongs to
	var text strings.Builder // of open
	var fence string
	flush := func() {
		if open.text = text.String(); strings.TrimSpace(open.text) != "" {
			all = append(all, open)
		}
		open = part{}
		text.Reset()
	}
	for line := range strings.Lines(s) {
		bare := strings.TrimSpace(line)
		switch ticks := leadingTicks(bare); {
		case fence == "" && len(ticks) >= 3 && !strings.Contains(bare[len(ticks):], "`"):
			flush()
			fence, open = ticks, part{code: true, language: bare[len(ticks):]}
		case fence != "" && ticks == bare && len(ticks) >= len(fence):
			flush()
			fence = ""
		case fence == "" && bare == "":
			flush()
		default:
			text.WriteString(line)
		}
	}
	flush()
	return all
}
