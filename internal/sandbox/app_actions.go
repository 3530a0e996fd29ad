package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
)

// serverAction answers a call of one of AuthKit's server actions.
func (a app) serverAction(w http.ResponseWriter, r *http.Request) {
	a.platform(w, r.URL.Path, "MISS")
	id := r.Header.Get("Next-Action")
	i := slices.IndexFunc(actions(), func(known action) bool { return known.id == id })
	if i < 0 {
		w.Header().Set("X-Nextjs-Action-Not-Found", "1")
		write(w, http.StatusConflict, "text/plain", "Server Action unavailable.")
		return
	}
	head, _ := json.Marshal(map[string]any{"a": "$@1", "f": "", "q": "", "i": false, "b": a.Bundle.BuildID})
	answer, _ := json.Marshal(a.actionValue(actions()[i].name, a.visitor(r)))
	write(w, http.StatusOK, "text/x-component", "0:"+string(head)+"\n1:"+string(answer)+"\n")
}

// actionValue is what a server action returns to a visitor.
func (a app) actionValue(name string, v visitor) any {
	switch name {
	case "getAuthAction", "refreshAuthAction":
		if v.user == nil {
			return map[string]any{"user": nil}
		}
		return map[string]any{"user": v.user, "sessionId": v.sessionID}
	case "getAccessTokenAction", "refreshAccessTokenAction":
		if v.user != nil && !a.WithholdsTokens {
			return v.accessToken
		}
	case "checkSessionAction":
		return v.user != nil
	}
	return "$undefined"
}
