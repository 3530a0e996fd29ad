package report

import "strings"

// This file takes a line apart into what is text and what is code.

// A token is a piece of a line: text to be escaped, or code.
type token struct {
	text string
	code bool
}

// shorten returns the tokens of s up to that many characters, and how many
// characters there are beyond.
func shorten(s string, most int) (kept []token, more int) {
	start, beyond := startOf(strings.Trim(s, blanks), 4*most) // the rest is not worth taking apart
	window, rest := startOf(visible(joined(start)), 2*most)
	total := 0
	for _, t := range tokens(window) {
		text, room := []rune(t.text), most-total
		total += len(text)
		if len(text) > room {
			t.text = string(text[:max(room, 0)]) + "…"
		}
		if room > 0 {
			kept = append(kept, t)
		}
	}
	return kept, max(total-most, 0) + rest + beyond
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

// leadingTicks returns the backticks that s starts with.
func leadingTicks(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "`"))] }

// longestTicks counts the backticks of the longest run in s.
func longestTicks(s string) int {
	longest := 0
	for s != "" {
		_, ticks, after := cutTicks(s)
		longest, s = max(longest, len(ticks)), after
	}
	return longest
}

// maxTicks is how many backticks in a row code may have: cmark, from which
// GitHub's parser is made, takes a fence of more than 80 for text, and one of
// more than 255 in a block for one of 255.
const maxTicks = 16

// fewTicks shortens runs of backticks that no fence can hold.
func fewTicks(s string) string {
	if longestTicks(s) <= maxTicks {
		return s
	}
	var b strings.Builder
	for s != "" {
		before, ticks, after := cutTicks(s)
		if len(ticks) > maxTicks {
			ticks = ticks[:maxTicks] + "…"
		}
		b.WriteString(before + ticks)
		s = after
	}
	return b.String()
}
