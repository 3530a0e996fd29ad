package har

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
)

// A repeated is a text that is made as it is read.
type repeated struct {
	before, piece, after []byte
	left, at             int
}

func (r *repeated) Read(p []byte) (int, error) {
	for {
		switch {
		case r.at < len(r.before):
			n := copy(p, r.before[r.at:])
			r.at += n
			return n, nil
		case r.left > 0:
			r.before, r.at = r.piece, 0
			r.left--
		case r.after != nil:
			r.before, r.after, r.at = r.after, nil, 0
		default:
			return 0, io.EOF
		}
	}
}

// TestMemoryDoesNotGrowWithTheFile reads what would fill the memory of a
// reader that holds a text, a nesting or a body whole.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const megabyte = 1 << 20
	body := `{"log":{"entries":[{"request":{"method":"GET","url":"https://web.example/` + strings.Repeat("a", 100) + `"},"response":{"status":200,"content":{"text":"`
	for name, src := range map[string]*repeated{
		"a body":           {before: []byte(body), piece: bytes.Repeat([]byte(`x\"\\`), megabyte/5), left: 20, after: []byte(`"}}}]}}`)},
		"a name":           {before: []byte(`{"`), piece: bytes.Repeat([]byte("n"), megabyte), left: 20, after: []byte(`":1,"log":{"entries":[{}]}}`)},
		"a number":         {before: []byte(`{"log":{"entries":[{"time":1`), piece: bytes.Repeat([]byte("0"), megabyte), left: 20, after: []byte(`}]}}`)},
		"a nesting":        {before: []byte(`{"log":{"entries":[{"_x":`), piece: bytes.Repeat([]byte(`[{"a":`), megabyte/6), left: 10, after: append(append([]byte("1"), bytes.Repeat([]byte("}]"), 10*(megabyte/6))...), `}]}}`...)},
		"an address":       {before: []byte(`{"log":{"entries":[{"request":{"url":"https://web.example/?`), piece: bytes.Repeat([]byte("q"), megabyte), left: 20, after: []byte(`"}}]}}`)},
		"headers":          {before: []byte(`{"log":{"entries":[{"request":{"headers":[{}`), piece: []byte(`,{"name":"x-a","value":"` + strings.Repeat("v", 1000) + `"}`), left: 20_000, after: []byte(`]}}]}}`)},
		"socket messages":  {before: []byte(`{"log":{"entries":[{"_webSocketMessages":[{}`), piece: []byte(`,{"type":"send","data":"` + strings.Repeat("v", 1000) + `"}`), left: 20_000, after: []byte(`]}]}}`)},
		"cookies":          {before: []byte(`{"log":{"entries":[{"response":{"headers":[{}`), piece: []byte(`,{"name":"set-cookie","value":"a=` + strings.Repeat("v", 1000) + `"}`), left: 2000, after: []byte(`]}}]}}`)},
		"cookies in a row": {before: []byte(`{"log":{"entries":[{"response":{"headers":[{"name":"set-cookie","value":"a=b`), piece: []byte(`, a0=b`), left: 1_000_000, after: []byte(`"}]}}]}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			traffic, err := Read(src)
			runtime.ReadMemStats(&after)
			if err != nil || len(traffic.Entries) != 1 {
				t.Fatalf("%d entries, %v", len(traffic.Entries), err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 8*megabyte {
				t.Errorf("it allocates %d MB", used/megabyte)
			}
		})
	}
}
