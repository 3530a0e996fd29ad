package rules

import (
	"bytes"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/source/project"
)

// A mark is something that a file's text contains. It errs on the side of
// having it: comments and strings count as well.
type mark uint

const (
	readsEnv      mark = 1 << iota // process.env
	namesSecret                    // a public variable, a key, a cookie's password
	hasIgnore                      // an ignore comment
	fetchesToken                   // fetchAccessToken, useAccessToken, …
	speaksAuth                     // names of AuthKit and its functions
	speaksHooks                    // AuthKit's packages
	refreshes                      // refresh in any word, effects, timers, loops
	makesLinks                     // components and routers that prefetch
	speaksLeaving                  // sign-out, logout, …
	usesClient                     // "use client"
	usesServer                     // "use server", server-only
)

// A sighting is what a file's text tells without parsing it.
type sighting struct {
	marks      mark
	specifiers []string
}

// words lists what makes a mark.
func words(m mark) []string {
	switch m {
	case readsEnv:
		return []string{"process"}
	case namesSecret:
		return []string{"NEXT_PUBLIC_", "sk_live_", "sk_test_", "ookiePassword", "cookie_password"}
	case hasIgnore:
		return []string{"previewgate-ignore"}
	case fetchesToken:
		return []string{"fetchAccessToken", "forceRefresh", "useAccessToken", "refreshAuth", "refreshSession"}
	case speaksAuth:
		return []string{"workos", "WorkOS", "authenticateWithCode", "getAuthorizationUrl"}
	case speaksHooks:
		return []string{"@workos"}
	case refreshes:
		return []string{"refresh", "Refresh", "setAuth", "Effect(", "nterval(", "while", "for (", "for(", "do {"}
	case makesLinks:
		return []string{"next/link", "next-intl", ".prefetch", "next/router", "next/navigation"}
	case usesClient:
		return []string{"use client"}
	case usesServer:
		return []string{"server-only", "use server"}
	default: // speaksLeaving is a matter of spelling
		return nil
	}
}

func sight(text []byte) *sighting {
	s := &sighting{specifiers: specifiers(text)}
	for m := readsEnv; m <= usesServer; m <<= 1 {
		if slices.ContainsFunc(words(m), func(word string) bool { return bytes.Contains(text, []byte(word)) }) {
			s.marks |= m
		}
	}
	if speaksOfSignOut(text) {
		s.marks |= speaksLeaving
	}
	s.marks &^= usesClient | usesServer
	switch {
	case opensWith(text, "use client"):
		s.marks |= usesClient
	case opensWith(text, "use server") || slices.Contains(s.specifiers, "server-only"):
		s.marks |= usesServer
	}
	return s
}

// opensWith reports a directive at the head of a file, after comments.
func opensWith(text []byte, directive string) bool {
	head := text[:min(len(text), 4096)]
	for {
		head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n;")
		switch {
		case bytes.HasPrefix(head, []byte("//")) || bytes.HasPrefix(head, []byte("#!")):
			_, head, _ = bytes.Cut(head, []byte("\n"))
		case bytes.HasPrefix(head, []byte("/*")):
			_, head, _ = bytes.Cut(head, []byte("*/"))
		case len(head) > 0 && (head[0] == '"' || head[0] == '\''):
			said, rest, closed := bytes.Cut(head[1:], head[:1])
			if string(said) == directive || !closed || !bytes.HasPrefix(said, []byte("use ")) {
				return string(said) == directive
			}
			head = rest
		default:
			return false
		}
	}
}

// specifiers lists what a text seems to import: the string after from,
// import or require.
func specifiers(text []byte) []string {
	var found []string
	for _, word := range []string{"from", "import", "require"} {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(word))
			if i < 0 {
				break
			}
			own := i == 0 || nameAt(rest[i-1:i], false) == ""
			rest = rest[i+len(word):]
			if specifier := quotedNext(rest); own && specifier != "" && !slices.Contains(found, specifier) {
				found = append(found, specifier)
			}
		}
	}
	return found
}

// quotedNext returns the string that follows, within one line, after blanks
// and a bracket.
func quotedNext(text []byte) string {
	text = bytes.TrimLeft(text, " \t\r\n(")
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
		return ""
	}
	end := bytes.IndexAny(text[1:], string(text[:1])+"\r\n")
	if end < 0 || text[end+1] != text[0] {
		return ""
	}
	return string(text[1 : end+1])
}

// signOutWords are the last literal parts of the URLs of routes that may sign
// out.
func (c *chooser) signOutWords(auth map[string]bool) []string {
	var found []string
	for _, app := range c.in.Project.Apps {
		for _, route := range app.Routes {
			if route.Kind == project.Layout || !auth[route.File] || !c.mentions(route.File, "signOut") {
				continue
			}
			parts := strings.Split(strings.Trim(route.URL, "/"), "/")
			word := parts[len(parts)-1]
			if word != "" && !strings.HasPrefix(word, "[") && !slices.Contains(found, word) {
				found = append(found, word)
			}
		}
	}
	return found
}

// mentions reports whether a file, or one that it imports, has a word.
func (c *chooser) mentions(file, word string) bool {
	for reached := range forward(c.imports, map[string]bool{file: true}) {
		if bytes.Contains(c.in.Files[reached], []byte(word)) {
			return true
		}
	}
	return false
}

func containsWord(text []byte, word string) bool { return bytes.Contains(text, []byte(word)) }
