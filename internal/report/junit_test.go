package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

// junitOf is the report as JUnit's XML, read back.
func junitOf(t *testing.T, r gate.Report) junitSuite {
	t.Helper()
	var b bytes.Buffer
	if err := JUnit(&b, r); err != nil {
		t.Fatal(err)
	}
	checkXML(t, b.String())
	var suite junitSuite
	if err := xml.Unmarshal(b.Bytes(), &suite); err != nil {
		t.Fatalf("%v in %s", err, b.String())
	}
	return suite
}

// checkXML holds a document to the elements and attributes that the readers of
// JUnit's XML have in common. There is no schema that all of them follow.
func checkXML(t *testing.T, text string) {
	t.Helper()
	attributes := map[string]string{
		"testsuite": "name tests failures errors skipped time timestamp", "testcase": "name classname",
		"failure": "message type", "error": "message type", "skipped": "message",
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF { //nolint:errorlint // the decoder wraps nothing
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		names, known := attributes[start.Name.Local]
		if !known {
			t.Errorf("element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if !strings.Contains(" "+names+" ", " "+a.Name.Local+" ") {
				t.Errorf("%s has the attribute %s", start.Name.Local, a.Name.Local)
			}
		}
	}
}

func TestJUnitAddsUp(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) {
			s := junitOf(t, r)
			if seconds, err := strconv.ParseFloat(s.Time, 64); err != nil || seconds < 0 {
				t.Errorf("time %q", s.Time)
			}
			if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`).MatchString(s.Timestamp) {
				t.Errorf("timestamp %q", s.Timestamp)
			}
			var failures, errors, skipped int
			names := make(map[string]bool)
			for _, c := range s.Cases {
				if c.Name == "" || !strings.HasPrefix(c.Class, "previewgate.") || names[c.Name] {
					t.Errorf("case %q of %q", c.Name, c.Class)
				}
				names[c.Name] = true
				for text, n := range map[*junitText]*int{c.Failure: &failures, c.Error: &errors, c.Skipped: &skipped} {
					if text == nil {
						continue
					}
					*n++
					if text.Message == "" || strings.Contains(text.Message, "\n") {
						t.Errorf("%s: message %q", c.Name, text.Message)
					}
				}
			}
			if s.Tests != len(r.Results) || s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors || s.Skipped != skipped {
				t.Errorf("%d results, and the suite counts %d, %d, %d, %d", len(r.Results), s.Tests, s.Failures, s.Errors, s.Skipped)
			}
		})
	}
}

func TestJUnitOfForeignText(t *testing.T) {
	for _, s := range hostilePieces() {
		for _, c := range junitOf(t, foreign(s)).Cases {
			for _, text := range []*junitText{c.Failure, c.Error, c.Skipped} {
				if text != nil && strings.ContainsAny(text.Message+text.Text, "\x00\x1b\u202e\u200b") {
					t.Errorf("%q became %q", s, text)
				}
			}
		}
	}
}

func TestJUnitTellsWhereAndHowBad(t *testing.T) {
	v := gate.Fail("no").FixedBy("Do.").
		At(gate.Evidence{What: "a", Saw: "b", File: "src/x.ts"}).
		At(gate.Evidence{What: "c", Saw: "d", File: "src/x.ts", Line: 3}).
		At(gate.Evidence{What: "e", Saw: "f", File: "src/x.ts", Line: 3, Column: 5}).
		Because("g", "h")
	s := junitOf(t, reportOf(judged(signOut(), v), advisory(judged(homepage(), gate.Unsure("why")))))
	if got, want := s.Cases[0].Failure.Text, "\nDo.\nsrc/x.ts: a: b\nsrc/x.ts:3: c: d\nsrc/x.ts:3:5: e: f\ng: h\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if a, b := s.Cases[0].Failure.Type, s.Cases[1].Error.Type; a != "blocking" || b != "advisory" {
		t.Errorf("types %q and %q", a, b)
	}
}
