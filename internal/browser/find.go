package browser

import (
	"errors"
	"os/exec"
	"runtime"
)

// ErrNone says that there is no browser on this machine.
var ErrNone = errors.New("neither Chrome nor Chromium is installed here")

// Find returns the program of an installed Chrome or Chromium: of the name or path given, or without one by the names
// under which systems install it. GitHub's runners have Chrome. The error is [ErrNone] when there is none.
func Find(name string) (string, error) {
	candidates := []string{name}
	if name == "" {
		candidates = usual()
	}
	for _, c := range candidates {
		if path, err := exec.LookPath(c); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

func usual() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
		}
	case "windows":
		return []string{
			"chrome",
			`C:\Program Files\Google\Chrome\Application\chrome.exe`,
			`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
		}
	}
	return []string{"google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome", "headless-shell"}
}
