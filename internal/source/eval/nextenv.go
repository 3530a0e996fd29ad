package eval

import "slices"

// A nextEnv is process.env of a Next.js server.
type nextEnv struct {
	set   map[string]string
	marks *marks
	unset bool // marks are for unset variables, and not for set ones
	reads []string
}

func (e *nextEnv) Get(name string) (string, bool, error) {
	if len(e.reads) < 500 && !slices.Contains(e.reads, name) {
		e.reads = append(e.reads, name)
	}
	value, ok := e.set[name]
	switch {
	case name == "NODE_ENV" && !ok:
		return "production", true, nil
	case e.marks == nil:
	case e.unset && !ok:
		return e.marks.of(name), true, nil
	case !e.unset && ok:
		return e.marks.inPlace(name, value), true, nil
	}
	return value, ok, nil
}

func (e *nextEnv) Keys() []string {
	var out []string
	for name := range e.set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// all returns the variables whose marks a text holds.
func (m *marks) all(text string) []string {
	var out []string
	for _, name := range m.names {
		if m.in(text, name) {
			out = append(out, name)
		}
	}
	return out
}
