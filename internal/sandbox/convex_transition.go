package sandbox

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// stateVersion tells how much of what a client asked for an answer is about.
type stateVersion struct {
	QuerySet int    `json:"querySet"`
	Identity int    `json:"identity"`
	Time     string `json:"ts"`
}

// encodeTime writes a timestamp as the protocol has it.
func encodeTime(ns uint64) string {
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, ns))
}

func decodeTime(encoded string) uint64 {
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(b) != 8 {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// modify adds queries to the set and removes others. Versions have to follow
// one on the other.
func (s *syncSession) modify(m clientMessage) (map[string]any, *ending) {
	switch {
	case m.BaseVersion != s.version.QuerySet:
		return nil, fatal(fmt.Sprintf("Base version %d passed up doesn't match the current version %d", m.BaseVersion, s.version.QuerySet))
	case m.NewVersion <= m.BaseVersion:
		return nil, internalError()
	}
	var removed []map[string]any
	for _, change := range m.Modifications {
		_, known := s.queries[change.QueryID]
		switch {
		case change.Type == "Add" && !known:
			s.queries[change.QueryID] = &subscription{call: functionCall{Path: change.Path, Args: change.Args}, isNew: true}
		case change.Type == "Remove" && known:
			delete(s.queries, change.QueryID)
			removed = append(removed, map[string]any{"type": "QueryRemoved", "queryId": change.QueryID})
		default:
			return nil, internalError()
		}
	}
	next := s.version
	next.QuerySet = m.NewVersion
	return s.transition(next, removed), nil
}

// transition moves on to a version, and tells what is different in it: new
// queries run, and with another identity all of them do.
func (s *syncSession) transition(next stateVersion, modifications []map[string]any) map[string]any {
	if modifications == nil {
		modifications = []map[string]any{}
	}
	for _, id := range slices.Sorted(maps.Keys(s.queries)) {
		query := s.queries[id]
		if !query.isNew && next.Identity == s.version.Identity {
			continue // nothing that it depends on is different
		}
		if update := query.refresh(s.backend, s.who); update != nil {
			update["queryId"] = id
			modifications = append(modifications, update)
		}
	}
	slices.SortStableFunc(modifications, func(a, b map[string]any) int { return cmp.Compare(a["queryId"].(int), b["queryId"].(int)) })
	now := time.Now().UnixNano()
	next.Time = encodeTime(max(uint64(now), decodeTime(s.version.Time)+1))
	start := s.version
	s.version = next
	return map[string]any{
		"type": "Transition", "startVersion": start, "endVersion": next, "modifications": modifications,
		"clientClockSkew": s.skew, "serverTs": now,
	}
}

// refresh runs a query. It returns nothing if the result is what the client
// knows already.
func (q *subscription) refresh(b backend, who caller) map[string]any {
	q.isNew = false
	got := b.run(q.call, who)
	text, err := json.Marshal(got.value)
	if err != nil {
		panic("sandbox: encoding a result: " + err.Error())
	}
	if got.failure != "" {
		q.shown = ""
		return map[string]any{
			"type": "QueryFailed", "errorMessage": got.failure, "logLines": []string{}, "errorData": nil, "journal": nil,
		}
	}
	if q.shown == string(text) {
		return nil
	}
	q.shown = string(text)
	return map[string]any{"type": "QueryUpdated", "value": got.value, "logLines": []string{}, "journal": nil}
}
