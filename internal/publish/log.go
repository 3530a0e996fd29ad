package publish

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/sethvargo/go-githubactions"

	"github.com/previewgate/previewgate/gate"
)

const (
	maxAnnotations = 10   // of a kind that GitHub shows of a step
	maxMessage     = 4000 // characters of one that GitHub keeps
)

// A Log writes to the log of a workflow's step, in which some lines are commands to the runner. It may be used from
// several goroutines.
type Log struct {
	mu  sync.Mutex
	w   io.Writer
	gha *githubactions.Action
}

// NewLog returns a Log that writes to w, which is the step's standard output.
func NewLog(w io.Writer) *Log {
	w = forgiving{w}
	return &Log{w: w, gha: githubactions.New(githubactions.WithWriter(w))}
}

// forgiving hides that a log cannot be written: the library panics over it, and the report matters more.
type forgiving struct{ w io.Writer }

func (f forgiving) Write(p []byte) (int, error) {
	_, _ = f.w.Write(p)
	return len(p), nil
}

// Mask makes the runner replace secrets in all logs and summaries from here on, in each form in which they are likely
// to turn up. What goes to GitHub's API is not masked by it.
func (l *Log) Mask(secrets ...string) {
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			l.issue("add-mask", form, nil)
		}
	}
}

// forms lists a secret, its lines, and what encodings make of it. Lines that are too short to be secret are left out:
// masking them would only make the log unreadable.
func forms(secret string) []string {
	if strings.TrimSpace(secret) == "" {
		return nil
	}
	quoted, _ := json.Marshal(secret)
	candidates := []string{
		secret, strings.TrimSpace(secret), string(quoted[1 : len(quoted)-1]),
		url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) >= 6 {
			candidates = append(candidates, line)
		}
	}
	var list []string
	known := make(map[string]bool)
	for _, c := range candidates {
		if !known[c] {
			list = append(list, c)
			known[c] = true
		}
	}
	return list
}

// Error annotates the run with a text, which may hold anything.
func (l *Log) Error(text string) { l.issue("error", message(text), nil) }

// Warning is like Error, for what does not stop the run.
func (l *Log) Warning(text string) { l.issue("warning", message(text), nil) }

// Notice is like Error, for what is good to know.
func (l *Log) Notice(text string) { l.issue("notice", message(text), nil) }

func message(text string) string { return cut(visible(text, "\n\t"), maxMessage) }

func (l *Log) issue(name, text string, properties githubactions.CommandProperties) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gha.IssueCommand(&githubactions.Command{Name: name, Message: text, Properties: properties})
}

// Print writes text as it is, and keeps the runner from reading any of its lines as a command.
func (l *Log) Print(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	token := rand.Text()
	_, _ = fmt.Fprintf(l.w, "::stop-commands::%s\n%s\n::%s::\n", token, strings.TrimSuffix(text, "\n"), token)
}

// Diagnose annotates the run with what there is to fix, and with what kept a gate undecided, at the place in the
// repository where that is known.
func (l *Log) Diagnose(r gate.Report) {
	left := map[string]int{"error": maxAnnotations, "warning": maxAnnotations}
	annotate := func(kind string, res gate.Result) {
		if left[kind]--; left[kind] >= 0 {
			l.issue(kind, message(explain(res)), place(res))
		}
	}
	for _, d := range r.Diagnoses() {
		if d.Severity == gate.Blocking {
			annotate("error", d.Result)
		} else {
			annotate("warning", d.Result)
		}
	}
	for _, res := range r.Results {
		if res.Status == gate.Unknown && res.Severity == gate.Blocking {
			annotate("warning", res)
		}
	}
}

// explain says what is wrong and, on the next line, what to do.
func explain(res gate.Result) string {
	fix := res.Fix
	if fix == "" && res.Status == gate.Failed {
		fix = res.Check.Fix
	}
	return strings.TrimSpace(res.Summary + "\n" + fix)
}

// place returns the properties of an annotation: its title, and the first place that the evidence names.
func place(res gate.Result) githubactions.CommandProperties {
	properties := githubactions.CommandProperties{"title": "previewgate: " + res.Check.ID}
	for _, e := range res.Evidence {
		if e.File == "" {
			continue
		}
		properties["file"] = oneLine(e.File)
		if e.Line > 0 {
			properties["line"] = strconv.Itoa(e.Line)
		}
		if e.Column > 0 {
			properties["col"] = strconv.Itoa(e.Column)
		}
		break
	}
	return properties
}
