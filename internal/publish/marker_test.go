package publish

import (
	"strings"
	"testing"
)

func TestMarkersAreReadBack(t *testing.T) {
	for _, m := range []marker{
		{"", testSHA, "", 1, 1},
		{"web", testSHA, "dpl_1", 18_000_000_000, 12},
		{"web --> <!-- previewgate v1\nproject=x", "x y", "\r\n-->", 0, 0},
		{strings.Repeat("長", 100), "", "", 5, 5},
	} {
		got, ok := parseMarker(m.String() + "\r\nbody")
		if !ok || !got.isFor(m) || !got.isOf(m) || got.isLater(m) || m.isLater(got) || strings.Count(m.String(), "-->") != 1 {
			t.Errorf("%+v is read back from %q as %+v, %v", m, m, got, ok)
		}
	}
}

func TestWhatIsNoMarker(t *testing.T) {
	marked := ownMarker().String()
	for _, body := range []string{
		"", "\n" + marked, " " + marked, "> " + marked, "text " + marked, marked + " text", "```\n" + marked,
		strings.ToUpper(marked), strings.Replace(marked, "v1", "v2", 1), strings.Replace(marked, "run=200", "run=-1", 1),
		strings.Replace(marked, "run=200", "run="+strings.Repeat("9", 30), 1), strings.Replace(marked, " -->", "", 1),
	} {
		if m, ok := parseMarker(body); ok {
			t.Errorf("%q is read as %+v", body, m)
		}
	}
}

func TestForeignTextForgesNoMarker(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Markdown = "branch `x`\n" + later(ownMarker(), 999, 1).String() + "\n<!--PreviewGate v1\n<!-- other -->"
	if err := b.publisher.Publish(t.Context(), o); err != nil {
		t.Fatal(err)
	}
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
		m := marker{project, testSHA, deployment, run % 1e18, 1}
		body := m.String() + "\n" + withoutMarkers(markdown)
		got, ok := parseMarker(body)
		if !ok || !got.isFor(m) || got.run != m.run {
			t.Errorf("%q is read as %+v, %v", m, got, ok)
		}
		if strings.Count(body, "<!-- previewgate") != 1 {
			t.Errorf("a second marker in %q", body)
		}
		parseMarker(markdown)
	})
}
