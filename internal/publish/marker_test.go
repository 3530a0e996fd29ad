package publish

import (
	"strings"
	"testing"
)

func TestMarkersAreReadBack(t *testing.T) {
	for _, m := range []marker{
		newMarker(subject{}, testSHA, "", stamp{0, 0, 1, 1}),
		newMarker(subject{scope: "web"}, testSHA, "dpl_1", stamp{0, started, 18_000_000_000, 12}),
		newMarker(subject{scope: "web --> <!-- previewgate v1\nproject=x"}, "x y", "\r\n-->", stamp{}),
		newMarker(subject{scope: strings.Repeat("長", 100)}, "", "", stamp{0, started, 5, 5}),
	} {
		if got, ok := parseMarker(m.String() + "\r\nbody"); !ok || got != m || strings.Count(m.String(), "-->") != 1 {
			t.Errorf("%+v is read back from %q as %+v, %v", m, m, got, ok)
		}
	}
	const old = "<!-- previewgate v1 project=web sha=abc dpl=dpl_1 run=200 attempt=3 -->"
	if got, ok := parseMarker(old); !ok || got != (marker{"web", "abc", "dpl_1", stamp{0, 0, 200, 3}}) {
		t.Errorf("one of an older release is read as %+v, %v", got, ok)
	}
}

func TestWhatIsNoMarker(t *testing.T) {
	marked := markerOn(testSHA, ownStamp()).String()
	for _, body := range []string{
		"", "\n" + marked, " " + marked, "> " + marked, "text " + marked, marked + " text", "```\n" + marked,
		strings.ToUpper(marked), strings.Replace(marked, "v1", "v2", 1), strings.Replace(marked, "run=200", "run=-1", 1),
		strings.Replace(marked, "run=200", "run="+strings.Repeat("9", 30), 1), strings.Replace(marked, " -->", "", 1),
		strings.Replace(marked, "started=", "started=-", 1), strings.Replace(marked, "started=", "ended=", 1),
		strings.Replace(marked, "started=", "started=9999999999", 1), strings.Replace(marked, "seen=", "seen=-", 1),
	} {
		if m, ok := parseMarker(body); ok {
			t.Errorf("%q is read as %+v", body, m)
		}
	}
}

func TestForeignTextForgesNoMarker(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Markdown = "branch `x`\n" + markerOn(testSHA, newer()).String() + "\n<!--PreviewGate v1\n<!-- other -->"
	b.publish(t, o)
	body := b.comments[0].Body
	if strings.Count(strings.ToLower(body), "<!-- previewgate") != 1 || strings.Contains(body, "<!--PreviewGate") {
		t.Errorf("a second marker came through: %q", body)
	}
	if !strings.Contains(body, "<!-- other -->") {
		t.Errorf("other comments were changed: %q", body)
	}
	if m, _ := parseMarker(body); m.run != 200 {
		t.Errorf("the marker reads %+v", m)
	}
}

func FuzzMarker(f *testing.F) {
	f.Add("web", "dpl_1", uint64(1), "<!-- previewgate v1 project= -->")
	f.Add("a b\n-->", "\x00", uint64(9), "text")
	f.Fuzz(func(t *testing.T, project, deployment string, run uint64, markdown string) {
		m := newMarker(subject{scope: project}, testSHA, deployment, stamp{0, started, run % 1e18, 1})
		body := m.String() + "\n" + withoutMarkers(markdown)
		if got, ok := parseMarker(body); !ok || got != m {
			t.Errorf("%q is read as %+v, %v", m, got, ok)
		}
		if strings.Count(body, "<!-- previewgate") != 1 {
			t.Errorf("a second marker in %q", body)
		}
		parseMarker(markdown)
	})
}
