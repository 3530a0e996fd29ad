package har

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// generate writes a recording of that many bytes as Chrome would: pages with
// their chunks, images, prefetches, server actions, and a WebSocket.
func generate(w io.Writer, size int) error {
	chunk := strings.Repeat(`(self.TURBOPACK=self.TURBOPACK||[]).push(["static/chunks/a.js",{"x":(e)=>{"use strict";return e.r('y')+"\n\\"}}]);`, 2000)
	image := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAYAAADPfd1WAAAgAElEQVR4nOy9", 1500)
	frames := strings.TrimSuffix(strings.Repeat(`{"type":"receive","time":1767366245.1,"opcode":1,"data":"{\"type\":\"Transition\",\"modifications\":[{\"queryId\":1,\"value\":{\"a\":\"b\"}}]}"},`, 400), ",")
	headers := ""
	for i := range 20 {
		headers += fmt.Sprintf(`{"name": "sec-header-%d", "value": "\"Chromium\";v=\"156\", %s"},`, i, strings.Repeat("x", 40))
	}
	entry := func(kind, method, path, more, content, rest string) string {
		return fmt.Sprintf(`{"_connectionId":"71","_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"f","scriptId":"5","url":"https://web.example/_next/a.js","lineNumber":1,"columnNumber":2}]}},
"_priority":"High","_resourceType":%q,"cache":{},"connection":"443","pageref":"page_1","request":{"method":%q,"url":"https://web.example%s","httpVersion":"h2","headers":[%s%s{"name":"cookie","value":"wos-session=Fe26.2*1*%s~2"}],
"queryString":[],"cookies":[{"name":"wos-session","value":"Fe26.2*1*%s~2","path":"/","expires":"1969-12-31T23:59:59.000Z","httpOnly":true,"secure":true}],"headersSize":-1,"bodySize":0},
"response":{"status":200,"statusText":"","httpVersion":"h2","headers":[%s{"name":"vary","value":"rsc, next-router-state-tree"}],"cookies":[],"content":{"size":1000,"mimeType":"text/plain","text":%s},"redirectURL":"","headersSize":-1,"bodySize":0,"_transferSize":0,"_error":null},
"serverIPAddress":"203.0.113.7","startedDateTime":"2026-01-02T15:04:05.678Z","time":12.5,"timings":{"blocked":1.2,"dns":-1,"ssl":-1,"connect":-1,"send":0.1,"wait":9.5,"receive":1.4}%s}`,
			kind, method, path, headers, more, strings.Repeat("ab", 800), strings.Repeat("ab", 800), headers, content, rest)
	}
	quoted := func(s string) string { q, _ := json.Marshal(s); return string(q) }
	page := []string{
		entry("document", "GET", "/", "", quoted(strings.Repeat("<div class=\"a\">b</div>\n", 2000)), ""),
		entry("script", "GET", "/_next/static/chunks/a.js", "", quoted(chunk), ""),
		entry("image", "GET", "/hero.png", "", quoted(image), ""),
		entry("fetch", "GET", "/settings?_rsc=1", `{"name":"next-router-prefetch","value":"1"},{"name":"rsc","value":"1"},`, quoted(strings.Repeat("1:[\"a\"]\n", 300)), ""),
		entry("fetch", "POST", "/", `{"name":"next-action","value":"`+strings.Repeat("a", 42)+`"},`, quoted("0:{\"a\":\"$@1\"}\n1:{\"accessToken\":\"eyJh\"}\n"), ""),
		entry("websocket", "GET", "/api/1.48.0/sync", "", `""`, `,"_webSocketMessages":[`+frames+`]`),
	}
	for range 6 {
		page = append(page, page[3])
	}
	if _, err := io.WriteString(w, `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[`); err != nil {
		return err
	}
	for i, written := 0, 0; written < size; i++ {
		text := page[i%len(page)]
		if i > 0 {
			text = ",\n" + text
		}
		n, err := io.WriteString(w, text)
		if err != nil {
			return err
		}
		written += n
	}
	_, err := io.WriteString(w, "]}}")
	return err
}

// BenchmarkRead reads 50 MB.
func BenchmarkRead(b *testing.B) {
	var compact bytes.Buffer
	if err := generate(&compact, 50<<20); err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	write := func(name string, text []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			b.Fatal(err)
		}
		return file
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		b.Fatal(err)
	}
	for name, file := range map[string]string{"compact": write("a.har", compact.Bytes()), "indented": write("b.har", indented.Bytes())} {
		b.Run(name, func(b *testing.B) {
			info, err := os.Stat(file)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				if traffic, err := Open(file); err != nil || len(traffic.Entries) < 100 {
					b.Fatalf("%d entries, %v", len(traffic.Entries), err)
				}
			}
		})
	}
}
