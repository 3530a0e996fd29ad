package publish

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// parseOutputs reads outputs as the runner does.
func parseOutputs(t *testing.T, text string) map[string]string {
	t.Helper()
	outputs := make(map[string]string)
	lines := strings.Split(text, "\n")
	for len(lines) > 1 {
		name, end, ok := strings.Cut(lines[0], "<<")
		if !ok {
			t.Fatalf("the line %q begins no output", lines[0])
		}
		lines = lines[1:]
		var value []string
		for len(lines) > 0 && lines[0] != end {
			value, lines = append(value, lines[0]), lines[1:]
		}
		if len(lines) == 0 {
			t.Fatalf("the output %q does not end", name)
		}
		outputs[name], lines = strings.Join(value, "\n"), lines[1:]
	}
	return outputs
}

func TestTrap1AnOutputCannotSetAnother(t *testing.T) {
	const fixed = "_GitHubActionsFileCommandDelimeter_"
	hostile := "x\n" + fixed + "\noutcome<<" + fixed + "\nopen\nend_\noutcome=open"
	outputs := parseOutputs(t, assignment("cause", hostile)+assignment("outcome", "closed"))
	if len(outputs) != 2 || outputs["cause"] != hostile || outputs["outcome"] != "closed" {
		t.Errorf("read as %q", outputs)
	}
	word := regexp.MustCompile(`^cause<<(end_[A-Z2-7]{26})\n`)
	first, second := word.FindStringSubmatch(assignment("cause", "")), word.FindStringSubmatch(assignment("cause", ""))
	if first == nil || second == nil || first[1] == second[1] {
		t.Errorf("the words %q and %q do not differ", first, second)
	}
}

func FuzzOutput(f *testing.F) {
	f.Add("x\nend_\ny<<z")
	f.Add("\n\n")
	f.Fuzz(func(t *testing.T, value string) {
		outputs := parseOutputs(t, assignment("a", value)+assignment("b", "c"))
		if outputs["a"] != value || outputs["b"] != "c" {
			t.Errorf("%q is read as %q", value, outputs)
		}
	})
}

// The library's writers of outputs, variables and states end every value with the same word.
func TestTrap1TheLibrarysFileCommandsAreNotUsed(t *testing.T) {
	banned := regexp.MustCompile(`\.(SetOutput|SetEnv|SaveState|AddPath|AddStepSummary\w*|IssueFileCommand)\(`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		source, err := os.ReadFile(path)
		if use := banned.Find(source); use != nil && strings.Contains(string(source), "sethvargo/go-githubactions\"") {
			t.Errorf("%s uses %s", path, use)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSummariesHaveRoom(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("0123456789abcde\n", maxSummary/16)
	if err := b.publisher.writeSummary("before\n"); err != nil {
		t.Fatal(err)
	}
	if err := b.publisher.writeSummary(long); err != nil {
		t.Fatal(err)
	}
	got := b.read(t, "summary")
	if len(got) > maxSummary || len(got) < maxSummary-100 || !strings.HasPrefix(got, "before\n\n0123") {
		t.Errorf("%d bytes", len(got))
	}
	if err := b.publisher.writeSummary("more"); err == nil || b.read(t, "summary") != got {
		t.Errorf("a full summary took more: %v", err)
	}
}
