package har

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead holds that reading ends, that it does not depend on how the file
// arrives, that it takes whatever is JSON, and that what it keeps is bounded.
func FuzzRead(f *testing.F) {
	f.Add([]byte(log(`{"pageref":"page_1","_resourceType":"fetch","request":{"method":"GET","url":"https://web.example/sign-out?_rsc=1","headers":[{"name":"rsc","value":"1"}]},
		"response":{"status":307,"headers":[{"name":"set-cookie","value":"a=b, wos-session=; Max-Age=0"},{"name":"location","value":"/x"}],"content":{"text":"1:{\"accessToken\":","encoding":"base64"}},"startedDateTime":"2026-01-02T15:04:05Z"}`)))
	f.Add([]byte(log(`{"_webSocketMessages":[{"time":1767366245.1,"data":"{\"type\":\"AuthError\",\"error\":\"\ud83d\ude00\ud83d\"}"}]}`)))
	f.Add([]byte(log(`{"response":{"content":{"text":"createServerReference)(\"` + strings.Repeat("0a", 21) + `\",c,void 0,f,\"refreshAccessTokenAction\")"}}}`)))
	f.Add([]byte("\ufeff{\"log\":{\"entries\":[[],{},null,-1.5e3,\"\\u00e9\\\\\\\"\"]}} "))
	f.Add([]byte(`{"a":[[[{"b":{}}]]],"log":{"creator":7,"entries":[{"request":[],"response":"x"}]},"log":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Read(bytes.NewReader(text))
		slow, slowErr := Read(iotest.OneByteReader(bytes.NewReader(text)))
		if diff := cmp.Diff(got, slow); diff != "" || (err == nil) != (slowErr == nil) {
			t.Errorf("byte by byte (%v, %v):\n%s", err, slowErr, diff)
		}
		plain := bytes.TrimPrefix(text, []byte("\ufeff"))
		if err != nil && strings.Contains(err.Error(), "no JSON") && json.Valid(plain) && bytes.TrimSpace(plain)[0] == '{' {
			t.Errorf("it is JSON: %v", err)
		}
		for _, e := range got.Entries {
			if !utf8.ValidString(e.Path+e.To+e.Origin) || len(e.Kind)+len(e.Method) > 48 || len(e.Query) > 20 || len(e.Sets)+len(e.Empties) > 2*maxCookies || strings.ContainsAny(e.Path+e.To, "?#") {
				t.Errorf("got %+v", e)
			}
			for name, value := range e.Header {
				if len(name)+len(value) > 80 {
					t.Errorf("got %s: %s", name, value)
				}
			}
		}
	})
}

// FuzzText holds the reading of texts to that of the standard library.
func FuzzText(f *testing.F) {
	f.Add("plain")
	f.Add("\"\\\b\f\n\r\t/ é 😀 \x00 \u2028")
	f.Fuzz(func(t *testing.T, want string) {
		if !utf8.ValidString(want) {
			return
		}
		quoted, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		s := newScanner(iotest.OneByteReader(bytes.NewReader(quoted)))
		if got, err := s.value(len(quoted)); err != nil || got != want {
			t.Errorf("%s: got %q, %v", quoted, got, err)
		}
		cut, err := newScanner(bytes.NewReader(quoted)).value(len(quoted) / 2)
		if err != nil || !strings.HasPrefix(want, strings.TrimRight(cut, "\ufffd")) {
			t.Errorf("%s: cut to %q, %v", quoted, cut, err)
		}
	})
}
