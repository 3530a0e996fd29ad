package report

import (
	"strconv"
	"strings"
	"unicode"
)

// visible shows every character that a reader would not see or a terminal
// would obey: controls, directions, characters of no width. What it returns
// is one line.
func visible(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if hidden(r) {
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
	return !unicode.IsPrint(r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joined puts a text of several lines on one.
func joined(s string) string {
	breaks := func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' || r == ' ' }
	return strings.Join(strings.FieldsFunc(s, breaks), " ")
}

// Caps on foreign text, in characters.
const (
	clauseCap = 300  // a summary, or one value
	fixCap    = 2000 // a fix with its commands
	linesCap  = 10   // lines of a value that has several
)

// cut returns at most that many characters of s and words for the rest.
func cut(s string, most int) (kept, rest string) {
	runes := []rune(s)
	if len(runes) <= most {
		return s, ""
	}
	return string(runes[:most]) + "…", furtherCharacters(len(runes) - most)
}

// furtherCharacters words how much of a text is not shown.
func furtherCharacters(n int) string {
	return "(" + plural(n, "more character", "more characters") + ")"
}

// plain makes a text fit for one line of a terminal.
func plain(s string) string {
	kept, rest := cut(visible(joined(s)), clauseCap)
	return strings.TrimRight(kept+" "+rest, " ")
}

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
	all := whole(s)
	shown := all[:min(len(all), linesCap):min(len(all), linesCap)]
	for i, line := range shown {
		kept, rest := cut(line, clauseCap)
		shown[i] = strings.TrimRight(kept+" "+rest, " ")
	}
	if more := len(all) - len(shown); more > 0 {
		shown = append(shown, "… ("+plural(more, "more line", "more lines")+")")
	}
	return shown
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
	var open part // what the next line belongs to
	var fence string
	flush := func() {
		if strings.TrimSpace(open.text) != "" {
			all = append(all, open)
		}
		open = part{}
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
			open.text += line
		}
	}
	flush()
	return all
}

// leadingTicks returns the backticks that s starts with.
func leadingTicks(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "`"))] }
