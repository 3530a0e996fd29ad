// Package scenario plays a story of a preview as an [http.RoundTripper], for
// tests.
//
// A story is a txtar file: prose, then sections. A section whose name is a
// request holds the raw answer to it; every other section is a text for
// whoever runs the story. A story keeps real host names and needs no network.
//
//	The sign-in route is missing.
//
//	-- GET https://web.example/sign-in --
//	HTTP/1.1 404 Not Found
//	Content-Type: text/html
//
//	<!DOCTYPE html>…
//	-- GET https://web.example/ [Cookie: wos-session] --
//	error: connection refused
//
// A * in a host, path or query value stands for any text, and the query ?*
// for any query; the order of a query's parameters does not matter. A list in
// braces, as in /{dashboard,settings}, tells of several requests at once.
// Conditions in brackets narrow a section to requests with a header that
// holds a text ([Cookie: wos-session]), without a header ([no Cookie]), or
// whose bearer token has a claim ([iss=https://previewgate.invalid], or
// [aud=] for one without that claim). Without such a token the condition is on
// a member of the body, which is JSON ([grant_type=password]).
//
// Of the sections that match a request, one of the story's own goes before an
// inherited one, then one with more conditions, then one with fewer stars.
// Sections of one name are answered in order, and the last of them from then
// on.
package scenario

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Story is how a preview and the services behind it answer.
type Story struct {
	Prose  string
	Texts  map[string]string // sections that are no answers, by name
	layers [][]scene         // the story's own, then those it is told as a difference from
}

// A scene is the answers to one kind of request.
type scene struct {
	question
	answers []answer // in order
}

// Parse reads a story.
func Parse(txtar []byte) (Story, error) {
	prose, sections := Split(string(txtar))
	s := Story{Prose: strings.TrimSpace(prose), Texts: make(map[string]string), layers: make([][]scene, 1)}
	for _, sec := range sections {
		if textName.MatchString(sec.Name) {
			s.Texts[sec.Name] = sec.Text
			continue
		}
		if err := s.tell(sec); err != nil {
			return Story{}, fmt.Errorf("section %q: %w", sec.Name, err)
		}
	}
	return s, nil
}

// textName matches the name of a section that is no answer.
var textName = regexp.MustCompile(`^[a-z][a-z.-]*$`)

// tell adds an answer to the story's own.
func (s *Story) tell(sec Section) error {
	a, err := parseAnswer(sec.Text)
	if err != nil {
		return err
	}
	for _, name := range alternatives(sec.Name) {
		q, err := parseQuestion(name)
		if err != nil {
			return err
		}
		s.layers[0] = add(s.layers[0], q, a)
	}
	return nil
}

func add(scenes []scene, q question, a answer) []scene {
	i := slices.IndexFunc(scenes, func(other scene) bool { return other.name == q.name })
	if i < 0 {
		return append(scenes, scene{q, []answer{a}})
	}
	scenes[i].answers = append(scenes[i].answers, a)
	return scenes
}

// alternatives lists what a name with a list in braces stands for.
func alternatives(name string) []string {
	before, rest, opens := strings.Cut(name, "{")
	list, after, closes := strings.Cut(rest, "}")
	if !opens || !closes {
		return []string{name}
	}
	var all []string
	for item := range strings.SplitSeq(list, ",") {
		all = append(all, alternatives(before+item+after)...)
	}
	return all
}

// Except returns the story that over tells as a difference from s: what over
// does not say is as in s.
func (s Story) Except(over Story) Story {
	texts := maps.Clone(s.Texts)
	maps.Copy(texts, over.Texts)
	return Story{Prose: over.Prose, Texts: texts, layers: slices.Concat(over.layers, s.layers)}
}

// A Section is one file of a txtar archive.
type Section struct{ Name, Text string }

// Split reads a txtar archive: a comment, then files, each after a line with
// its name between "-- " and " --".
func Split(txtar string) (comment string, sections []Section) {
	var text bytes.Buffer
	flush := func() {
		if sections == nil {
			comment = text.String()
		} else {
			sections[len(sections)-1].Text = text.String()
		}
		text.Reset()
	}
	for line := range strings.Lines(txtar) {
		name, isMarker := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "-- ")
		if name, ends := strings.CutSuffix(name, " --"); isMarker && ends {
			flush()
			sections = append(sections, Section{Name: strings.TrimSpace(name)})
			continue
		}
		text.WriteString(line)
	}
	flush()
	return comment, sections
}
