package sandbox

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// convexVersion is the release of the npm package whose answers these are.
const convexVersion = "1.48.0"

// backend is one Convex deployment.
type backend struct {
	Deployment
	world  *World
	client *http.Client
}

// newBackend serves a deployment. Once it is gone, the front door answers for
// every path.
func newBackend(w *World, d Deployment, client *http.Client) http.Handler {
	if d.Gone {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			write(w, http.StatusNotFound, "text/plain; charset=utf-8", "Not Found")
		})
	}
	b := backend{Deployment: d, world: w, client: client}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", say("This Convex deployment is running. See https://docs.convex.dev/."))
	mux.HandleFunc("GET /instance_name", say(d.Name))
	mux.HandleFunc("GET /version", say("unknown"))
	mux.HandleFunc("GET /instance_version", say("unknown"))
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	mux.HandleFunc("POST /api/query_ts", queryTimestamp)
	mux.HandleFunc("POST /api/query_batch", b.queryBatch)
	for _, kind := range []string{"query", "mutation", "action", "function"} {
		mux.HandleFunc("POST /api/"+kind, b.call)
	}
	mux.HandleFunc("GET /api/v1/list_environment_variables", b.admin("deployment:env:view", b.environment))
	mux.HandleFunc("GET /api/list_environment_variables", b.admin("deployment:env:view", b.environment))
	mux.HandleFunc("GET /api/v1/get_canonical_urls", b.admin("", b.canonicalURLs))
	mux.HandleFunc("GET /api/v1/deployment_info", b.admin("deployment:data:view", b.info))
	mux.HandleFunc("GET /api/v1/list_audit_log_events", b.admin("deployment:auditLog:view", b.auditLog))
	mux.HandleFunc("GET /api/stream_function_logs", b.admin("deployment:logs:view", b.functionLogs))
	mux.HandleFunc("POST /api/get_config_hashes", b.configHashes)
	return mux
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, "text/plain; charset=utf-8", text)
	}
}

func queryTimestamp(w http.ResponseWriter, _ *http.Request) {
	now := binary.LittleEndian.AppendUint64(nil, uint64(time.Now().UnixNano()))
	writeJSON(w, http.StatusOK, map[string]any{"ts": base64.StdEncoding.EncodeToString(now)})
}

// queryBatch authenticates before it looks at its queries, of which there may
// be none.
func (b backend) queryBatch(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Queries []functionCall `json:"queries"`
	}
	if !readJSON(w, r, &ask) {
		return
	}
	who, refused := b.identify(r)
	if refused != nil {
		refused.write(w)
		return
	}
	results := []any{}
	for _, call := range ask.Queries {
		results = append(results, b.run(call, who))
	}
	writeJSON(w, http.StatusOK, map[string]any{"results": results})
}

// functionCall is the body of a call.
type functionCall struct {
	Path string          `json:"path"`
	Args json.RawMessage `json:"args"`
}

// call runs one function, after authenticating who calls.
func (b backend) call(w http.ResponseWriter, r *http.Request) {
	var ask functionCall
	if !readJSON(w, r, &ask) {
		return
	}
	if ask.Path == "" {
		(&convexError{http.StatusBadRequest, "BadConvexFunctionIdentifier", "The function path is empty."}).write(w)
		return
	}
	who, refused := b.identify(r)
	if refused != nil {
		refused.write(w)
		return
	}
	if r.URL.Path == "/api/function" && who != adminCaller {
		(&convexError{http.StatusForbidden, "OperationNotPermitted", "You do not have permission to perform this operation."}).write(w)
		return
	}
	if operation := systemOperation(ask.Path); who == adminCaller && operation != "" {
		if denied := b.permit(operation); denied != nil {
			denied.write(w)
			return
		}
	}
	writeJSON(w, http.StatusOK, b.run(ask, who))
}

// readJSON reads a body that has to be declared as JSON.
func readJSON(w http.ResponseWriter, r *http.Request, value any) bool {
	if mediaType(r.Header.Get("Content-Type")) != "application/json" {
		(&convexError{http.StatusBadRequest, "BadJsonBody", "Expected request with `Content-Type: application/json`"}).write(w)
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(value); err != nil {
		(&convexError{http.StatusBadRequest, "BadJsonBody", "Failed to parse the request body as JSON"}).write(w)
		return false
	}
	return true
}
