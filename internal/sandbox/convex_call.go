package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// functionCall is the body of a call.
type functionCall struct {
	Path string          `json:"path"`
	Args json.RawMessage `json:"args"`

	isAny bool // the caller leaves open what kind of function it is
}

// arguments returns the one object that a function is called with: some
// clients send it bare, others as a list of one.
func (c functionCall) arguments() json.RawMessage {
	var list []json.RawMessage
	switch {
	case json.Unmarshal(c.Args, &list) == nil && len(list) > 0:
		return list[0]
	case len(c.Args) == 0 || list != nil:
		return json.RawMessage(`{}`)
	}
	return c.Args
}

// call runs one function, after authenticating who calls. Where the kind of
// function is left open, only admins may ask.
func (b backend) call(w http.ResponseWriter, r *http.Request) {
	var ask functionCall
	if !readJSON(w, r, &ask) {
		return
	}
	if ask.Path == "" {
		(&convexError{http.StatusBadRequest, "BadConvexFunctionIdentifier", "The function path is empty."}).write(w)
		return
	}
	ask.isAny = r.URL.Path == "/api/function"
	who, refused := b.identify(r)
	if refused == nil && ask.isAny && !who.isAdmin {
		refused = noAdmin()
	}
	if refused != nil {
		refused.write(w)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/mutation") || strings.HasSuffix(r.URL.Path, "/action") {
		writeJSON(w, http.StatusOK, b.notFound(ask).response()) // the World has queries only
		return
	}
	writeJSON(w, http.StatusOK, b.run(ask, who).response())
}

// callByPath runs the function that the address names.
func (b backend) callByPath(w http.ResponseWriter, r *http.Request) {
	ask := functionCall{isAny: true}
	if !readJSON(w, r, &ask) {
		return
	}
	path := r.PathValue("path")
	i := strings.LastIndex(path, "/")
	if i < 0 {
		(&convexError{http.StatusBadRequest, "MissingIdentifier", "Path or function name not provided in path, e.g. /api/run/messages/list"}).write(w)
		return
	}
	ask.Path = path[:i] + ":" + path[i+1:]
	who, refused := b.identify(r)
	if refused != nil {
		refused.write(w)
		return
	}
	writeJSON(w, http.StatusOK, b.run(ask, who).response())
}
