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
//   - A code span is fenced by more backticks than the text has in a row.
//   - A comment cannot begin: "<!--" never appears.
//   - One text is one line, with what is invisible made visible.

// A token is a piece of a line: text to be escaped, or code.
type token struct {
	text string
	code bool
}

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

// span makes a code span of a value.
func span(s string) string {
	kept, rest := cut(visible(s), clauseCap)
	return strings.TrimRight(spanOf(kept)+" "+rest, " ")
}

// write puts the tokens of s together, at most that many characters.
func write(s string, most int, text, code func(string) string) string {
	kept, more := shorten(visible(joined(s)), most)
	var b strings.Builder
	for _, t := range kept {
		if t.code {
			b.WriteString(code(t.text))
		} else {
			b.WriteString(text(t.text))
		}
	}
	if more > 0 {
		b.WriteString(" " + furtherCharacters(more))
	}
	return startOf(strings.TrimSpace(b.String()))
}

// startOf keeps a line from being a heading, a list or a rule where it
// happens to start a block.
func startOf(line string) string {
	rest := strings.TrimLeft(line, "0123456789")
	switch {
	case rest != line && strings.IndexAny(rest, ".)") == 0:
		return line[:len(line)-len(rest)] + `\` + rest
	case strings.IndexAny(line, "-+=#") == 0:
		return `\` + line
	}
	return line
}

// shorten returns the tokens of s up to that many characters, and how many
// there are beyond.
func shorten(s string, most int) (kept []token, more int) {
	runes := []rune(s)
	window := min(len(runes), 2*most) // the rest is not worth taking apart
	total := 0
	for _, t := range tokens(string(runes[:window])) {
		text, room := []rune(t.text), most-total
		total += len(text)
		if len(text) > room {
			t.text = string(text[:max(room, 0)]) + "…"
		}
		if room > 0 {
			kept = append(kept, t)
		}
	}
	return kept, max(total-most, 0) + len(runes) - window
}

// tokens takes a line apart at its code spans and risky words. Two tokens of
// code are never neighbours, since their backticks would run together.
func tokens(s string) []token {
	var all []token
	add := func(t token) {
		switch last := len(all) - 1; {
		case t.text == "":
		case last >= 0 && all[last].code == t.code:
			all[last].text += t.text
		default:
			all = append(all, t)
		}
	}
	for s != "" {
		before, ticks, after := cutTicks(s)
		for _, t := range words(before) {
			add(t)
		}
		code, rest, closed := cutClosing(after, ticks)
		if closed && strings.TrimSpace(code) != "" {
			add(token{strings.TrimSpace(code), true})
			s = rest
		} else {
			add(token{ticks, false})
			s = after
		}
	}
	return all
}

// cutTicks cuts s around its first run of backticks.
func cutTicks(s string) (before, ticks, after string) {
	start := strings.IndexByte(s, '`')
	if start < 0 {
		return s, "", ""
	}
	ticks = leadingTicks(s[start:])
	return s[:start], ticks, s[start+len(ticks):]
}

// cutClosing cuts s around the run of backticks that equals ticks.
func cutClosing(s, ticks string) (code, rest string, closed bool) {
	for at := 0; ticks != ""; {
		before, run, after := cutTicks(s[at:])
		if run == "" {
			break
		}
		if run == ticks {
			return s[:at+len(before)], after, true
		}
		at += len(before) + len(run)
	}
	return "", s, false
}

// words makes code of the risky words of a text.
func words(s string) []token {
	var all []token
	for word := range strings.SplitAfterSeq(s, " ") {
		core := strings.TrimRight(word, ` .,;:!?)"'`)
		core = strings.TrimLeft(core, `("'`)
		if !risky(word) || core == "" {
			all = append(all, token{word, false})
			continue
		}
		before, after, _ := strings.Cut(word, core)
		all = append(all, token{before, false}, token{core, true}, token{after, false})
	}
	return all
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
	s = strings.ReplaceAll(s, "<!--", "<! --")
	ticks := strings.Repeat("`", longestTicks(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// longestTicks counts the backticks of the longest run in s.
func longestTicks(s string) int {
	longest := 0
	for s != "" {
		_, ticks, after := cutTicks(s)
		longest, s = max(longest, len(ticks)), after
	}
	return longest
}
