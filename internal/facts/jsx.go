package facts

import (
	"regexp"
	"strings"
)

// jsxCall matches the start of a compiled element: (0,e.jsx)(t.default,{ or
// jsxs("a",{ or React.createElement(x,{. The first group is the component.
var jsxCall = regexp.MustCompile(`(?:\bjsxs?\)?|\bcreateElement)\(("[a-z][a-z0-9]*"|[\w$]+(?:\.[\w$]+)*),\{`)

// jsxLinks lists the elements with a literal href that a chunk renders. A
// plain <a> never prefetches; any other component is taken for Next's Link.
func jsxLinks(url, code string) []Link {
	var links []Link
	for _, m := range jsxCall.FindAllStringSubmatchIndex(code, 20_000) {
		component := code[m[2]:m[3]]
		props := readProps(code[m[1]:min(len(code), m[1]+2000)])
		href, ok := strings.CutPrefix(props["href"], `"`)
		if !ok || !strings.HasPrefix(href, "/") {
			continue
		}
		off := props["prefetch"] == "!1" || props["prefetch"] == "false"
		links = append(links, Link{
			Path:     strings.TrimSuffix(href, `"`),
			Prefetch: component[0] != '"' && !off,
			Source:   url,
			Offset:   m[0],
		})
	}
	return links
}

// readProps reads the properties of an object literal whose brace is already
// behind it, up to its end, its children or the end of the text. Values are
// returned as they are written.
func readProps(code string) map[string]string {
	props := make(map[string]string)
	for len(code) > 0 {
		end := skipValue(code)
		name, value, found := strings.Cut(code[:end], ":")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if name == "children" {
			break
		}
		if found {
			props[name] = strings.TrimSpace(value)
		}
		if end == len(code) || code[end] == '}' {
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
		switch c := code[i]; c {
		case '"', '\'', '`':
			i += skipString(code[i:], c) - 1
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

// skipString returns the length of the string literal at the start of code.
func skipString(code string, quote byte) int {
	for i := 1; i < len(code); i++ {
		switch code[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(code)
}
