package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// result is what became of a function call.
type result struct {
	value   any
	failure string // empty: it succeeded
}

// response is a result as the HTTP API has it.
func (r result) response() map[string]any {
	if r.failure != "" {
		return map[string]any{"status": "error", "errorMessage": r.failure}
	}
	return map[string]any{"status": "success", "value": r.value}
}

// run answers a function call.
func (b backend) run(call functionCall, who caller) result {
	call.Path = strings.TrimSuffix(call.Path, ":default")
	if strings.HasPrefix(call.Path, "_system/") && who.isAdmin {
		return b.runSystem(call)
	}
	i := slices.IndexFunc(b.Functions, func(f Function) bool { return f.Path == call.Path })
	if i < 0 || (b.Functions[i].Internal && !who.isAdmin) {
		return b.notFound(call)
	}
	switch b.Functions[i].Answer {
	case CallersIdentity:
		return result{value: who.identity()}
	case Arguments:
		return result{value: call.arguments()}
	case Unauthorized:
		return b.failed("Uncaught Error: Unauthorized")
	case Exception:
	}
	return b.failed("Uncaught Error: " + call.Path + " is broken")
}

// failed is a call that ended in an exception, of which clients may be told
// nothing.
func (b backend) failed(cause string) result {
	message := "[Request ID: " + randomHex(8) + "] Server Error"
	if !b.Redacts {
		message += "\n" + cause
	}
	return result{failure: message}
}

func (b backend) notFound(call functionCall) result {
	if call.isAny {
		return b.failed(fmt.Sprintf("Could not find function for '%s'. Did you forget to run `npx convex dev`?", call.Path))
	}
	return b.failed(fmt.Sprintf("Could not find public function for '%s'.", call.Path))
}

// runSystem answers the queries of Convex' own tools. What the key may not do,
// they throw about while they run.
func (b backend) runSystem(call functionCall) result {
	var operation string
	var answer any
	switch call.Path {
	case "_system/cli/queryEnvironmentVariables":
		operation, answer = "deployment:env:view", b.environmentRows()
	case "_system/cli/queryEnvironmentVariables:get":
		operation, answer = "deployment:env:view", b.environmentRow(call.arguments())
	case "_system/frontend/listAuthProviders":
		operation, answer = "deployment:data:view", b.providerRows()
	case "_system/cli/modules:apiSpec":
		operation, answer = "deployment:data:view", b.functionRows()
	default:
		return b.notFound(call)
	}
	if denied := b.permit(operation); denied != nil {
		return b.failed("Uncaught Error: " + denied.message)
	}
	return result{value: answer}
}

func (b backend) environmentRows() []any {
	rows, known := []any{}, b.variables.all()
	for i, name := range slices.Sorted(maps.Keys(known)) {
		rows = append(rows, map[string]any{"_id": fmt.Sprintf("env%d", i), "_creationTime": 1.7958e12, "name": name, "value": known[name]})
	}
	return rows
}

// environmentRow looks one variable up, the way process.env does: the
// deployment's own addresses are there as well.
func (b backend) environmentRow(args json.RawMessage) any {
	var one struct{ Name string }
	_ = json.Unmarshal(args, &one)
	known := b.variables.all()
	known["CONVEX_CLOUD_URL"], known["CONVEX_SITE_URL"] = b.URL, siteURL(b.URL)
	value, found := known[one.Name]
	if !found {
		return nil
	}
	return map[string]any{"name": one.Name, "value": value}
}

// functionRows lists what can be called.
func (b backend) functionRows() []any {
	rows := []any{}
	for _, f := range b.Functions {
		module, name, _ := strings.Cut(f.Path, ":")
		visibility := "public"
		if f.Internal {
			visibility = "internal"
		}
		rows = append(rows, map[string]any{
			"identifier": module + ".js:" + name, "functionType": "Query", "visibility": map[string]any{"kind": visibility},
			"args": map[string]any{"type": "any"}, "returns": map[string]any{"type": "any"},
		})
	}
	return rows
}
