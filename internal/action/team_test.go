package action

import (
	"strings"
	"testing"
)

func TestInTeam(t *testing.T) {
	for address, in := range map[string]bool{
		"https://web-abc123xyz-acme.vercel.app":                true,
		"https://web-abc123xyz-acme.vercel.app/":               true,
		"https://Web-Abc123xyz-ACME.Vercel.App/x?y":            true,
		"web-abc123xyz-acme.vercel.app":                        true,
		"https://web-git-feat-acme.vercel.app":                 true,
		"https://web-acme.vercel.app:8443":                     true,
		"https://acme.vercel.app":                              false,
		"https://-acme.vercel.app":                             false,
		"https://web--acme.vercel.app":                         false,
		"https://x-notacme.vercel.app":                         false,
		"https://web-acme-vercel.app":                          false,
		"https://web-acme.vercel.app.evil.com":                 false,
		"https://evil-acme.vercel.app.evil.com":                false,
		"https://evil.com/web-acme.vercel.app":                 false,
		"https://evil.com?web-acme.vercel.app":                 false,
		"https://evil.com#-acme.vercel.app":                    false,
		"https://web-acme.vercel.app@evil.com":                 false,
		"https://evil.com\\@web-acme.vercel.app":               false,
		"https://web.evil-acme.vercel.app":                     false,
		"https://web-acme.vercel.app.":                         false,
		"https://web-acme.evil.vercel.app":                     false,
		"https://web_x-acme.vercel.app":                        false,
		"https://web-acme":                                     false,
		"https://app.acme.com":                                 false,
		"":                                                     false,
		"https://":                                             false,
		"https://" + strings.Repeat("a", 99) + "-b.vercel.app": false,
	} {
		err := InTeam(address, "Acme")
		if (err == nil) != in {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\r\n") || !strings.Contains(err.Error(), "team acme") || len(err.Error()) > 300) {
			t.Errorf("%s: %q", address, err)
		}
	}
	want := `"app.acme.com" is not an address of a deployment of the Vercel team acme`
	if err := InTeam("https://app.acme.com/x", "acme"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, team := range []string{"", "-", "a.b", "acme.vercel.app", "acme\n", "a/b", ".*", strings.Repeat("a", 70)} {
		if err := InTeam("https://web-acme.vercel.app", team); err == nil || !strings.Contains(err.Error(), "is not the slug of a Vercel team") {
			t.Errorf("team %q: %v", team, err)
		}
	}
}
