package weburl

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A vector is what Node answers for new URL(url, base).
type vector struct {
	URL      string `json:"url"`
	Base     string `json:"base"`
	Error    bool   `json:"error"`
	Href     string `json:"href"`
	Origin   string `json:"origin"`
	Pathname string `json:"pathname"`
	Host     string `json:"host"`
	Search   string `json:"search"`
	Hash     string `json:"hash"`
}

func TestAgreesWithNode(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, want := range vectors {
		got := vector{URL: want.URL, Base: want.Base}
		var base *URL
		if want.Base != "" {
			if base, err = Parse(want.Base, nil); err != nil {
				t.Fatal(err)
			}
		}
		if u, err := Parse(want.URL, base); err != nil {
			got.Error = true
		} else {
			got.Href, got.Origin, got.Pathname, got.Host, got.Search, got.Hash = u.String(), u.Origin(), u.Path, u.Authority(), u.Search, u.Hash
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ part, value, want string }{
		{"pathname", "callback", "https://u:p@a.example:1/callback?q=1#h"},
		{"pathname", "/a?b", "https://u:p@a.example:1/a%3Fb?q=1#h"},
		{"search", "", "https://u:p@a.example:1/x#h"},
		{"search", "a=b", "https://u:p@a.example:1/x?a=b#h"},
		{"hash", "", "https://u:p@a.example:1/x?q=1"},
		{"host", "B.example", "https://u:p@b.example:1/x?q=1#h"},
		{"host", "b.example:443", "https://u:p@b.example/x?q=1#h"},
		{"host", "a b", "https://u:p@a.example:1/x?q=1#h"},
		{"hostname", "b.example:2", "https://u:p@b.example:1/x?q=1#h"},
		{"port", "", "https://u:p@a.example/x?q=1#h"},
		{"port", "99999", "https://u:p@a.example:1/x?q=1#h"},
		{"protocol", "http:", "http://u:p@a.example:1/x?q=1#h"},
		{"protocol", "mailto", "https://u:p@a.example:1/x?q=1#h"},
	} {
		u, err := Parse("https://u:p@a.example:1/x?q=1#h", nil)
		if err != nil {
			t.Fatal(err)
		}
		if u.Set(c.part, c.value); u.String() != c.want {
			t.Errorf("%s = %q: got %s, want %s", c.part, c.value, u, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"https://a/b?c#d", "/x", "..", `\\h\p`, "mailto:x", "file:///x", "https://[::1]:3/"} {
		f.Add(s, "https://example.com/")
	}
	f.Fuzz(func(t *testing.T, input, base string) {
		b, _ := Parse(base, nil)
		u, err := Parse(input, b)
		if err != nil {
			return
		}
		again, err := Parse(u.String(), nil)
		if err == nil && again.String() != u.String() {
			t.Errorf("%q becomes %q, and that %q", input, u, again)
		}
	})
}
