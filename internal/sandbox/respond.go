package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// write sends a whole answer.
func write(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// writeJSON sends a value as JSON, as compact as JavaScript makes it. A
// content type that is set already stays.
func writeJSON(w http.ResponseWriter, status int, value any) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	contentType := w.Header().Get("Content-Type")
	if contentType == "" {
		contentType = "application/json"
	}
	write(w, status, contentType, strings.TrimSuffix(text.String(), "\n"))
}

// pathOf returns the path of an address, or nothing if it is none.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}
