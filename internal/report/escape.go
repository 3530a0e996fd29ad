package report

import (
	"strings"
	"unicode"
)

// This file makes Markdown of text that anybody may have written. Whatever
// the text, the page keeps its shape:
//
//   - There is no HTML, link, image or emphasis that the text asked for.
//   - What GitHub would make something of although it is escaped (mentions,
//     references to issues and commits, addresses, emoji names, formulas)
//     stands in a code span, where it does not.
//   - Code is fenced by more backticks than the text has in a row, and a text
//     has no more in a row than GitHub's parser counts.
//   - A comment cannot begin: "<!--" never appears.
//   - One text is one line, with what is invisible made visible.

// inline makes Markdown of a line of text. Its own code spans stay.
func inline(s string) string { return write(s, clauseCap, textOf, spanOf) }

// cell is inline for a cell of a table.
func cell(s string) string {
	return write(s, clauseCap,
		func(s string) string { return strings.ReplaceAll(textOf(s), "|", "&#124;") },
		func(s string) string {
			s = strings.ReplaceAll(s, `\|`, `\ |`) // "\\|" would end the cell
			return strings.ReplaceAll(spanOf(s), "|", `\|`)
		})
}

// paragraph is inline for a text that may be longer.
func paragraph(s string) string { return write(s, fixCap, textOf, spanOf) }

// brief makes one short line of a text, blocks of code and all.
func brief(s string, most int) string {
	var words []string
	for _, part := range parts(s) {
		if part.code {
			part.text = spanOf(joined(part.text))
		}
		words = append(words, part.text)
	}
	kept, more := shorten(strings.Join(words, " "), most)
	line := strings.TrimSpace(assemble(kept, textOf, spanOf))
	if more > 0 && !strings.HasSuffix(strings.TrimRight(line, "` "), "…") {
		line += " …"
	}
	return flat(line)
}

// span makes a code span of a value.
func span(s string) string {
	kept, rest := cutVisible(s, clauseCap)
	return strings.TrimRight(spanOf(kept)+" "+rest, " ")
}

// write puts the tokens of s together, at most that many characters, and says
// how many there are beyond.
func write(s string, most int, text, code func(string) string) string {
	kept, more := shorten(s, most)
	line := assemble(kept, text, code)
	if more > 0 {
		line += " " + furtherCharacters(more)
	}
	return flat(strings.TrimSpace(line))
}

// assemble writes the tokens of a line.
func assemble(line []token, text, code func(string) string) string {
	var b strings.Builder
	for _, t := range line {
		if t.code {
			b.WriteString(code(t.text))
		} else {
			b.WriteString(text(t.text))
		}
	}
	return b.String()
}

// flat keeps a line from being a heading, a list, a rule or the second line
// of a table where it happens to start a line of the page.
func flat(line string) string {
	rest := strings.TrimLeft(line, "0123456789")
	switch {
	case rest != line && strings.IndexAny(rest, ".)") == 0:
		return line[:len(line)-len(rest)] + `\` + rest
	case strings.IndexAny(line, "-+=#|:") == 0:
		return `\` + line
	}
	return line
}

// textOf escapes what means something in Markdown.
func textOf(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '\\', '`', '*', '[', ']', '~':
			b.WriteString(`\` + string(r))
		case '_':
			if !insideWord(runes, i) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// insideWord reports whether the character stands between two of a word, as
// the underscore of CLIENT_ID does.
func insideWord(runes []rune, i int) bool {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return i > 0 && i+1 < len(runes) && isWord(runes[i-1]) && isWord(runes[i+1])
}

// spanOf makes a code span of one line that is not empty.
func spanOf(s string) string {
	if s == "" {
		return "(empty)"
	}
	s = fewTicks(strings.ReplaceAll(s, "<!--", "<! --"))
	ticks := strings.Repeat("`", longestTicks(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return ticks + s + ticks
}
