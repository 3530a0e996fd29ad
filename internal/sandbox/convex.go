package sandbox

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// convexVersion is the release of the npm package whose answers these are.
const convexVersion = "1.48.0"

// backend is one Convex deployment.
type backend struct {
	Deployment
	world     *World
	client    *http.Client
	variables *variables
}

// newBackend serves a deployment. Once it is gone, the front door answers for
// every path.
func newBackend(w *World, d Deployment, client *http.Client) http.Handler {
	if d.Gone {
		return http.HandlerFunc(goneDeployment)
	}
	b := backend{Deployment: d, world: w, client: client, variables: newVariables(d.Env)}
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
	mux.HandleFunc("POST /api/query_at_ts", b.call)
	mux.HandleFunc("POST /api/run/{path...}", b.callByPath)
	mux.HandleFunc("GET /api/sync", b.sync)
	mux.HandleFunc("GET /api/{version}/sync", b.sync)
	mux.HandleFunc("POST /api/v1/update_environment_variables", b.admin("deployment:env:write", b.updateEnvironment))
	mux.HandleFunc("POST /api/update_environment_variables", b.admin("deployment:env:write", b.updateEnvironment))
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

// goneDeployment is the front door where a deployment was. It opens a WebSocket
// before it knows that nobody is behind it.
func goneDeployment(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		write(w, http.StatusNotFound, "text/plain; charset=utf-8", "Not Found")
		return
	}
	if conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}); err == nil {
		_ = conn.Close(closeNotFound, "")
	}
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
		results = append(results, b.run(call, who).response())
	}
	writeJSON(w, http.StatusOK, map[string]any{"results": results})
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
