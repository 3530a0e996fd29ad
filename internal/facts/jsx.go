package facts

import (
	"regexp"
	"strings"
)

// element matches what stands between the function that makes an element and
// the element's properties: the component. Turbopack and webpack write
// (0,e.jsx)(t.default,{ and (0,e.jsx)(t(),{, React's older way is
// createElement(t,{, and a plain element is jsx("a",{.
var element = regexp.MustCompile(`^s?\)?\(("[a-z][\w-]*"|'[a-z][\w-]*'|[\w$]+(?:\.[\w$]+)*(?:\(\))?),\{`)

const (
	maxComponent = 200  // bytes between the function and the properties
	maxProps     = 4000 // bytes of an element that are read
	maxElements  = 5000 // elements with an href that are read of one chunk or page
)

// jsxLinks lists the elements with a literal href that a chunk renders.
func jsxLinks(url, code string) []Link {
	var links []Link
	read := 0
	for _, function := range []string{"jsx", "createElement"} {
		for at := range places(code, function) {
			after := at + len(function)
			m := element.FindStringSubmatchIndex(code[after:min(len(code), after+maxComponent)])
			if m == nil || read == maxElements {
				continue
			}
			window := code[after+m[1] : min(len(code), after+m[1]+maxProps)]
			if !strings.Contains(window, "href") {
				continue
			}
			read++
			if link, ok := readLink(window, prefetchOf(code[after+m[2]:after+m[3]])); ok {
				link.Source, link.Offset = url, at
				links = append(links, link)
			}
		}
	}
	return links
}

// places yields where word stands in text.
func places(text, word string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for from := 0; ; {
			i := strings.Index(text[from:], word)
			if i < 0 || !yield(from+i) {
				return
			}
			from += i + len(word)
		}
	}
}

// prefetchOf tells by the component whether an element prefetches: a plain
// <a> never does, and a default import with an href is Next's Link.
func prefetchOf(component string) Prefetch {
	switch {
	case strings.ContainsAny(component[:1], `"'`):
		return NoPrefetch
	case strings.HasSuffix(component, ".default"), strings.HasSuffix(component, "()"):
		return Prefetches
	}
	return MayPrefetch
}

// readLink reads the properties of an element, and says whether it leads to a
// path of the app.
func readLink(code string, prefetch Prefetch) (Link, bool) {
	props := readProps(code)
	to := props["href"]
	if object, isObject := strings.CutPrefix(to, "{"); isObject {
		to = readProps(object)["pathname"]
	}
	path, ok := literal(to)
	if !ok || !isPath(path) {
		return Link{}, false
	}
	switch value, given := props["prefetch"]; {
	case value == "!1" || value == "false":
		prefetch = NoPrefetch
	case given && value != "!0" && value != "true" && value != "null" && value != `"auto"`:
		prefetch = min(prefetch, MayPrefetch)
	}
	return Link{Path: path, Prefetch: prefetch}, true
}

// isPath reports whether a link stays on the site. Browsers take both //host
// and /\host for another one.
func isPath(to string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`)
}

// literal returns the text of a string literal without escapes.
func literal(code string) (string, bool) {
	if len(code) < 2 || !strings.ContainsAny(code[:1], "\"'`") || skipString(code) != len(code) {
		return "", false
	}
	text := code[1 : len(code)-1]
	return text, code[len(code)-1] == code[0] && !strings.Contains(text, `\`) && !strings.Contains(text, "${")
}

// readProps reads the properties of an object literal whose brace is already
// behind it, up to its end or the end of the text. Values are returned as
// they are written.
func readProps(code string) map[string]string {
	props := make(map[string]string)
	for len(code) > 0 {
		end := skipValue(code)
		name, value, found := strings.Cut(code[:end], ":")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if found && !strings.HasPrefix(name, "...") {
			props[name] = strings.TrimSpace(value)
		}
		if end == len(code) || code[end] != ',' {
			break
		}
		code = code[end+1:]
	}
	return props
}

// skipValue returns where the comma or the closing brace stands that ends the
// property at the start of code.
func skipValue(code string) int {
	depth := 0
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"', '\'', '`':
			i += skipString(code[i:]) - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(code)
}

// skipString returns the length of the string literal at the start of code,
// with the expressions in a template.
func skipString(code string) int {
	quote := code[0]
	for i := 1; i < len(code); i++ {
		switch {
		case code[i] == '\\':
			i++
		case code[i] == quote:
			return i + 1
		case quote == '`' && strings.HasPrefix(code[i:], "${"):
			i += 2 + skipExpression(code[i+2:])
		}
	}
	return len(code)
}

// skipExpression returns where the brace stands that closes an expression.
func skipExpression(code string) int {
	for i := 0; i < len(code); i++ {
		i += skipValue(code[i:])
		if i < len(code) && code[i] == '}' {
			return i
		}
	}
	return len(code)
}
