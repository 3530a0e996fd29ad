package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// logRow is one line a deployment wrote while it answered a request.
type logRow struct {
	RequestID string
	Method    string
	Path      string
	Domain    string
	Status    int
	Message   string
	Time      time.Time
}

// runtimeLog is what a deployment has written so far.
type runtimeLog struct {
	mu   sync.Mutex
	rows []logRow
	more chan struct{} // closed at the next row
}

func newRuntimeLog(w World) *runtimeLog {
	l := &runtimeLog{more: make(chan struct{})}
	for _, line := range w.Vercel.RuntimeLog {
		l.rows = append(l.rows, logRow{
			RequestID: "earlier", Method: http.MethodGet, Path: "/dashboard", Domain: w.Hosts.Deployment,
			Status: http.StatusOK, Message: line, Time: time.Now().Add(-time.Minute),
		})
	}
	return l
}

// visit writes what other visitors make the deployment write.
func (l *runtimeLog) visit(w *World) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range w.Vercel.LiveLog {
		l.rows = append(l.rows, logRow{
			RequestID: "another", Method: http.MethodPost, Path: "/", Domain: w.Hosts.Deployment,
			Status: http.StatusOK, Message: line, Time: time.Now(),
		})
	}
}

// add writes what was thrown while a request was being answered.
func (l *runtimeLog) add(w http.ResponseWriter, r *http.Request, message string) {
	row := logRow{requestID(w), r.Method, r.URL.Path, r.Host, http.StatusInternalServerError, message, time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, row)
	close(l.more)
	l.more = make(chan struct{})
}

// count is how many lines there are.
func (l *runtimeLog) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.rows)
}

// since returns the rows from the nth on, without waiting for any.
func (l *runtimeLog) since(n int) []logRow {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]logRow(nil), l.rows[n:]...)
}

// wait returns the rows from the nth on, once there are some.
func (l *runtimeLog) wait(ctx context.Context, n int) ([]logRow, bool) {
	for {
		l.mu.Lock()
		rows, more := append([]logRow(nil), l.rows[n:]...), l.more
		l.mu.Unlock()
		if len(rows) > 0 {
			return rows, true
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, false
		}
	}
}
