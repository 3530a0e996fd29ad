package scenario

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A Transport answers requests as a story tells. It is safe for use by
// several goroutines at once.
type Transport struct {
	layers [][]scene

	mu         sync.Mutex
	asked      []string
	given      map[string]int // how often a scene of the story's own, or an inherited one, was played
	unforeseen []string
}

// Transport returns a transport that plays the story from its start.
func (s Story) Transport() *Transport {
	return &Transport{layers: s.layers, given: make(map[string]int)}
}

// RoundTrip answers a request. One that the story does not foresee is an
// error, and one of the complaints.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a, found := t.next(r)
	switch {
	case !found:
		return nil, fmt.Errorf("the story does not foresee %s %s", r.Method, r.URL)
	case a.failure != "":
		return nil, fail(a.failure, r.URL.Host)
	}
	return a.read(r)
}

// next picks the answer to a request.
func (t *Transport) next(r *http.Request) (answer, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, r.Method+" "+r.URL.String())
	for depth, layer := range t.layers {
		var best *scene
		for i := range layer {
			if layer[i].matches(r) && (best == nil || layer[i].before(best.question)) {
				best = &layer[i]
			}
		}
		if best != nil {
			key := playKey(depth, best.name)
			n := min(t.given[key], len(best.answers)-1)
			t.given[key]++
			return best.answers[n], true
		}
	}
	t.unforeseen = append(t.unforeseen, describe(r))
	return answer{}, false
}

func playKey(depth int, name string) string { return fmt.Sprint(depth, " ", name) }

// describe names a request with what sections can tell apart.
func describe(r *http.Request) string {
	parts := []string{r.Method, r.URL.String()}
	if cookie := r.Header.Get("Cookie"); cookie != "" {
		parts = append(parts, "[Cookie: "+cookie+"]")
	}
	for _, claim := range []string{"iss", "aud", "grant_type"} {
		if value := claimOf(r, claim); value != "" {
			parts = append(parts, "["+claim+"="+value+"]")
		}
	}
	return strings.Join(parts, " ")
}

// Asked lists the requests so far, in order, each as METHOD URL.
func (t *Transport) Asked() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.asked)
}

// Complaints lists what is wrong with the story by what was asked: requests
// that it does not foresee, and answers of its own that nothing asked for.
func (t *Transport) Complaints() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for _, request := range t.unforeseen {
		all = append(all, "the story does not foresee "+request)
	}
	for _, sc := range t.layers[0] {
		switch played := t.given[playKey(0, sc.name)]; {
		case played == 0:
			all = append(all, "nothing asked for "+sc.name)
		case played < len(sc.answers):
			all = append(all, fmt.Sprintf("%s was asked for %d times, and the story has %d answers", sc.name, played, len(sc.answers)))
		}
	}
	slices.SortFunc(all, strings.Compare)
	return slices.Compact(all)
}
