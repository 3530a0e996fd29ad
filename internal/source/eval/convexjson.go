package eval

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tailscale/hujson"

	"github.com/previewgate/previewgate/internal/source/js"
)

// A ConvexJSON is what Convex' command line reads of a convex.json.
type ConvexJSON struct {
	Functions String    `json:"functions"` // the directory of the functions; "convex/" without a position by default
	AuthKit   *AuthKit  `json:"authKit,omitempty"`
	Problems  []Problem `json:"problems,omitempty"` // what stops the command line; it reads no further then
	Ignored   []String  `json:"ignored,omitempty"`  // keys inside authKit that do nothing, as paths
}

// AuthKit is the section that configures WorkOS.
type AuthKit struct {
	Position      js.Position
	Dev           *Stage
	Preview, Prod *Stage
}

// A Stage is what AuthKit is given for one kind of deployment.
type Stage struct {
	Position        js.Position
	Configure       bool // false where configure is missing or false
	RedirectURIs    []String
	AppHomepageURL  *String
	CORSOrigins     []String
	EnvironmentType *String
}

// A String is a string or a key of the file, and where it begins.
type String struct {
	Text     string      `json:"text"`
	Position js.Position `json:"position"`
}

// A Problem is something that the command line refuses.
type Problem struct {
	Message  string      `json:"message"`
	Position js.Position `json:"position"`
}

// ParseConvexJSON reads a convex.json. It never fails: what is wrong is among
// the problems. The file is plain JSON for Convex, and for us.
func ParseConvexJSON(src js.Source) *ConvexJSON {
	r := &convexReader{src: src, out: &ConvexJSON{Functions: String{Text: "convex/", Position: js.Position{Path: src.Path}}}}
	if len(src.Text) > js.MaxFile {
		r.problem(0, "is larger than %d bytes", js.MaxFile)
		return r.out
	}
	var standard any
	if err := json.Unmarshal(src.Text, &standard); err != nil {
		r.problem(errorOffset(err), "is not JSON: %v", err)
		return r.out
	}
	root, err := hujson.Parse(src.Text)
	if err != nil {
		r.problem(0, "is not JSON: %v", err)
		return r.out
	}
	r.root(root)
	return r.out
}

func errorOffset(err error) int {
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // as encoding/json returns it
		return max(0, int(syntax.Offset)-1)
	}
	return 0
}

type convexReader struct {
	src js.Source
	out *ConvexJSON
}

func (r *convexReader) at(offset int) js.Position { return js.PositionAt(r.src, offset) }

func (r *convexReader) problem(offset int, format string, args ...any) {
	r.out.Problems = append(r.out.Problems, Problem{fmt.Sprintf(format, args...), r.at(offset)})
}

// A member is a key with its value; of a key that stands twice, the last.
type member struct {
	key   String
	value hujson.Value
}

func (r *convexReader) members(v hujson.Value) (map[string]member, bool) {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		return nil, false
	}
	out := make(map[string]member)
	for _, m := range object.Members {
		name, _ := stringOf(m.Name)
		out[name] = member{String{name, r.at(m.Name.StartOffset)}, m.Value}
	}
	return out, true
}

func stringOf(v hujson.Value) (string, bool) {
	literal, ok := v.Value.(hujson.Literal)
	if !ok || literal.Kind() != '"' {
		return "", false
	}
	return literal.String(), true
}

func isFalse(v hujson.Value) bool {
	literal, ok := v.Value.(hujson.Literal)
	return ok && string(literal) == "false"
}

func (r *convexReader) root(v hujson.Value) {
	members, ok := r.members(v)
	if !ok {
		r.problem(v.StartOffset, "has to be an object")
		return
	}
	if m, ok := members["functions"]; ok {
		if text, ok := stringOf(m.value); ok {
			r.out.Functions = String{text, r.at(m.value.StartOffset)}
		} else {
			r.problem(m.value.StartOffset, "functions has to be a string")
		}
	}
	section, ok := members["authKit"]
	if !ok {
		return
	}
	stages, ok := r.members(section.value)
	if !ok {
		r.problem(section.value.StartOffset, "authKit has to be an object")
		return
	}
	kit := &AuthKit{Position: section.key.Position}
	r.out.AuthKit = kit
	kit.Dev, kit.Preview, kit.Prod = r.stage(stages, "dev"), r.stage(stages, "preview"), r.stage(stages, "prod")
	r.ignore("authKit", stages, "dev", "preview", "prod")
}

// ignore notes the keys that Convex drops without a word.
func (r *convexReader) ignore(path string, members map[string]member, known ...string) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			r.out.Ignored = append(r.out.Ignored, String{path + "." + name, members[name].key.Position})
		}
	}
}

func (r *convexReader) stage(stages map[string]member, name string) *Stage {
	m, ok := stages[name]
	if !ok {
		return nil
	}
	path := "authKit." + name
	members, ok := r.members(m.value)
	if !ok {
		r.problem(m.value.StartOffset, "%s has to be an object", path)
		return nil
	}
	stage := &Stage{Position: m.key.Position}
	if v, ok := members["configure"]; ok && !isFalse(v.value) {
		r.configure(stage, path+".configure", v.value)
	}
	if v, ok := members["environmentType"]; ok {
		r.environmentType(stage, name, v.value)
	}
	if v, ok := members["localEnvVars"]; ok && !isFalse(v.value) && name != "dev" {
		r.problem(v.value.StartOffset, "authKit.localEnvVars is only supported for dev deployments. Preview and prod deployments must "+
			"configure environment variables directly in the deployment platform.")
	}
	r.ignore(path, members, "configure", "localEnvVars", "environmentType")
	return stage
}

func (r *convexReader) environmentType(stage *Stage, name string, v hujson.Value) {
	text, _ := stringOf(v)
	switch {
	case name != "prod":
		r.problem(v.StartOffset, "authKit.environmentType is only allowed in the prod section")
	case !slices.Contains([]string{"development", "staging", "production"}, text):
		r.problem(v.StartOffset, "authKit.prod.environmentType has to be development, staging or production")
	default:
		stage.EnvironmentType = &String{text, r.at(v.StartOffset)}
	}
}

func (r *convexReader) configure(stage *Stage, path string, v hujson.Value) {
	members, ok := r.members(v)
	if !ok {
		r.problem(v.StartOffset, "%s has to be false or an object", path)
		return
	}
	stage.Configure = true
	stage.RedirectURIs = r.strings(path+".redirectUris", members["redirectUris"])
	stage.CORSOrigins = r.strings(path+".corsOrigins", members["corsOrigins"])
	if m, ok := members["appHomepageUrl"]; ok {
		if text, ok := stringOf(m.value); ok {
			stage.AppHomepageURL = &String{text, r.at(m.value.StartOffset)}
		} else {
			r.problem(m.value.StartOffset, "%s.appHomepageUrl has to be a string", path)
		}
	}
	r.ignore(path, members, "redirectUris", "appHomepageUrl", "corsOrigins")
}

func (r *convexReader) strings(path string, m member) []String {
	if m.value.Value == nil {
		return nil
	}
	list, ok := m.value.Value.(*hujson.Array)
	if !ok {
		r.problem(m.value.StartOffset, "%s has to be a list of strings", path)
		return nil
	}
	var out []String
	for _, item := range list.Elements {
		text, ok := stringOf(item)
		if !ok {
			r.problem(item.StartOffset, "%s has to be a list of strings", path)
			continue
		}
		out = append(out, String{text, r.at(item.StartOffset)})
	}
	return out
}
