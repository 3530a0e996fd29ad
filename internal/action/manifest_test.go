package action

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manifest returns action.yml and the script of its one step.
func manifest(t *testing.T) (text, script string) {
	t.Helper()
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	text, block, ok := strings.Cut(string(data), "      run: |\n")
	if !ok || strings.Count(string(data), " run:") != 1 || strings.Contains(string(data), "uses:") {
		t.Fatal("action.yml is not one step that runs a script")
	}
	for line := range strings.Lines(block) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "        ") {
			t.Fatalf("the script ends before %q", line)
		}
		script += strings.TrimPrefix(line, "        ")
	}
	return text, script
}

func TestInputsReachTheScriptAsVariablesOnly(t *testing.T) {
	text, script := manifest(t)
	if strings.Contains(script, "${{") {
		t.Error("the script holds an expression, which is replaced before the shell reads it")
	}
	_, inputs, _ := strings.Cut(text, "\ninputs:\n")
	inputs, _, _ = strings.Cut(inputs, "\noutputs:\n")
	var want []string
	for _, name := range regexp.MustCompile(`(?m)^  ([a-z-]+):$`).FindAllStringSubmatch(inputs, -1) {
		variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name[1], "-", "_"))
		if name[1] == "github-token" {
			variable = "GITHUB_TOKEN"
		}
		want = append(want, variable+": ${{ inputs."+name[1]+" }}")
	}
	got := regexp.MustCompile(`[A-Z_]+: \$\{\{ inputs\.[a-z-]+ \}\}`).FindAllString(text, -1)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 17 {
		t.Errorf("%d inputs (-want +got):\n%s", len(want), diff)
	}
	for _, output := range []string{"outcome", "cause", "comment-url", "report"} {
		if !strings.Contains(text, "\n  "+output+":\n") || !strings.Contains(text, "value: ${{ steps.gate.outputs."+output+" }}") {
			t.Errorf("the output %s is not passed on", output)
		}
	}
	for _, secret := range []string{"vercel-token", "workos-api-key", "convex-deploy-key", "bypass"} {
		if strings.Contains(inputs, "\n  "+secret) {
			t.Errorf("%s is an input", secret)
		}
	}
}

// A stage is where the script of action.yml is run: with these programs before the system's.
type stage struct {
	programs map[string]string
	env      []string
	sums     string
	noSystem bool // none of the system's programs but the shell's own
}

// play runs the script and returns its output and exit code.
func (s stage) play(t *testing.T) (output string, code int) {
	t.Helper()
	_, script := manifest(t)
	dir := t.TempDir()
	for name, text := range s.programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, ".ci"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".ci", "checksums.txt"), []byte(s.sums), 0o600); err != nil {
		t.Fatal(err)
	}
	path := dir + ":/usr/bin:/bin"
	if s.noSystem {
		path = dir
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=" + path, "RUNNER_TEMP=" + dir, "GITHUB_ACTION_PATH=" + dir, "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
	}, s.env...)
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited { //nolint:errorlint // as os/exec returns it
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestTheScript(t *testing.T) {
	const binary = "#!/bin/bash\necho \"gate $*\"\nexit 4\n"
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(binary)))
	// The program stands in for curl: it writes the binary where curl is told to.
	curl := `while [ $# -gt 1 ]; do if [ "$1" = --output ]; then out=$2; fi; shift; done; echo "from $1"; printf '%s' "$BINARY" >"$out"`
	download := func(version, sums string, more ...string) stage {
		return stage{
			programs: map[string]string{"curl": curl}, sums: sums,
			env: append([]string{"INPUT_VERSION=" + version, "BINARY=" + binary}, more...),
		}
	}
	known := sum + "  previewgate_1.2.3_linux_amd64\n"
	for _, c := range []struct {
		name string
		stage
		code int
		want string
	}{
		{"a binary that is there", stage{programs: map[string]string{"mine": "echo \"gate $*\"; exit 1"}, env: []string{"INPUT_PATH=mine"}}, 1, "gate action\n"},
		{"no such binary", stage{env: []string{"INPUT_PATH=/none/such"}}, 2, "::error title=previewgate::the input path names no program\n"},
		{"a directory", stage{env: []string{"INPUT_PATH=/"}}, 2, "::error title=previewgate::the input path names no program\n"},
		{"a path that is a command", stage{env: []string{"INPUT_PATH=$(echo hi); true"}}, 2, "::error title=previewgate::the input path names no program\n"},
		{
			"a release", download("v1.2.3", known), 4,
			"from https://github.com/previewgate/previewgate/releases/download/v1.2.3/previewgate_1.2.3_linux_amd64\ngate action\n",
		},
		{"another binary than released", download("1.2.3", strings.Repeat("0", 64)+"  previewgate_1.2.3_linux_amd64\n"), 2, "its checksum differs\n"},
		{"a release without a checksum", download("1.2.4", known), 2, "has no checksum for previewgate_1.2.4_linux_amd64\n"},
		{"another processor", download("1.2.3", known, "RUNNER_ARCH=ARM"), 2, "there is no binary for this processor\n"},
		{"another system", download("1.2.3", known, "RUNNER_OS=Plan9"), 2, "there is no binary for this operating system\n"},
		{"a version that is a path", download("1.2.3/../../evil", known), 2, "the input version is not one like 1.2.3\n"},
		{"a version in two lines", download("1.2.3\n::error::x", known), 2, "the input version is not one like 1.2.3\n"},
		{"a download that fails", stage{
			programs: map[string]string{"curl": "exit 22"}, sums: known, env: []string{"INPUT_VERSION=1.2.3"},
		}, 2, "downloading previewgate_1.2.3_linux_amd64 failed\n"},
		{"built from source", stage{programs: map[string]string{
			"go": `[ "$CGO_ENABLED $1 $2" = "0 build -trimpath" ]; while [ "$1" != -o ]; do shift; done; printf '#!/bin/bash\necho built $*; exit 1' >"$2"; chmod +x "$2"`,
		}}, 1, "built action\n"},
		{"a build that fails", stage{programs: map[string]string{"go": "exit 1"}}, 2, "building previewgate failed\n"},
		{"no Go", stage{noSystem: true, programs: map[string]string{"mktemp": "echo /none"}}, 2, "Go is not installed here: run actions/setup-go before, or name a version\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, code := c.play(t)
			if code != c.code || !strings.HasSuffix(got, c.want) || strings.Count(got, "::error") > 1 {
				t.Errorf("exit code %d, output %q; want %d, %q", code, got, c.code, c.want)
			}
		})
	}
}

func TestTheGateIsTheStepsOwnProcess(t *testing.T) {
	// The runner tells the first process of a step that the run was canceled.
	s := stage{programs: map[string]string{"mine": "echo $PPID"}, env: []string{"INPUT_PATH=mine"}}
	if out, _ := s.play(t); out != fmt.Sprintln(os.Getpid()) {
		t.Errorf("the gate is a child of %q and not of the test, %d", out, os.Getpid())
	}
	_, script := manifest(t)
	if strings.Count(script, `exec "$bin" action`) != 2 {
		t.Error("the script does not always hand over to the gate")
	}
}

func TestTheImage(t *testing.T) {
	data, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			got = append(got, line)
		}
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(module)
	want := []string{
		"FROM golang:" + string(version[1]) + " AS build",
		"WORKDIR /src",
		"COPY go.mod go.sum ./",
		"RUN go mod download",
		"COPY . .",
		"RUN CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags='-s -w' -o /out/previewgate ./cmd/previewgate",
		"FROM scratch",
		"COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
		"COPY --from=build /out/previewgate /usr/local/bin/previewgate",
		"ENV PATH=/usr/local/bin",
		"USER 65532:65532",
		`ENTRYPOINT ["previewgate"]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Dockerfile (-want +got):\n%s", diff)
	}
}
