package report

import (
	"strings"
	"unicode"
)

// risky reports whether GitHub would make something of the word although its
// punctuation is escaped: escapes are gone by the time that it looks.
func risky(word string) bool {
	lower := strings.ToLower(word)
	return strings.ContainsAny(word, "@$") || // a mention, an address, a formula
		strings.Contains(word, "://") ||
		strings.Contains(lower, "www.") ||
		strings.Contains(lower, "ghsa-") ||
		isBeforeDigit(lower, "#") ||
		isBeforeDigit(lower, "gh-") ||
		isBeforeDigit(lower, "cve-") ||
		looksLikeCommit(lower) ||
		namesEmoji(word)
}

// isBeforeDigit reports whether the mark stands before a digit in s.
func isBeforeDigit(s, mark string) bool {
	for {
		_, after, found := strings.Cut(s, mark)
		if !found {
			return false
		}
		if after != "" && isDigit(rune(after[0])) {
			return true
		}
		s = after
	}
}

// looksLikeCommit reports whether s has seven hexadecimal digits in a row.
func looksLikeCommit(s string) bool {
	run := 0
	for _, r := range s {
		if !isDigit(r) && (r < 'a' || r > 'f') {
			run = 0
			continue
		}
		if run++; run == 7 {
			return true
		}
	}
	return false
}

// namesEmoji reports whether s has a name after a colon, as ":tada:". The
// colon after it may be one that follows the text.
func namesEmoji(s string) bool {
	for _, piece := range strings.Split(strings.TrimSpace(s), ":")[1:] {
		if piece != "" && !strings.ContainsFunc(piece, isNoEmojiLetter) {
			return true
		}
	}
	return false
}

func isNoEmojiLetter(r rune) bool {
	return !unicode.IsLetter(r) && !isDigit(r) && !strings.ContainsRune("_+-", r)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// link makes a link of an address that is plain enough to be sure where it
// leads, and leaves the words alone otherwise. The words are Markdown.
func link(words, address string) string {
	if !isPlain(address) {
		return words
	}
	return "[" + words + "](" + address + ")"
}

// maxAddress is how long an address may be that becomes a link. What GitHub
// and Vercel give out is far shorter.
const maxAddress = 500

// isPlain reports whether the address is https, not endless, and has neither
// a user, a query nor a character that means something in Markdown or HTML.
func isPlain(address string) bool {
	const word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	rest, https := strings.CutPrefix(address, "https://")
	rest, anchor, _ := strings.Cut(rest, "#")
	host, path, _ := strings.Cut(rest, "/")
	return https && host != "" && len(address) <= maxAddress &&
		only(host, word+".-:") && only(path, word+"._-~%/") && only(anchor, word+"-")
}

// only reports whether s has no other characters than these.
func only(s, characters string) bool { return strings.Trim(s, characters) == "" }
