package publish

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

// commands returns the workflow commands that a runner would obey in a log.
func commands(log string) []string {
	var obeyed []string
	stopped := ""
	command := regexp.MustCompile(`^\s*(?:::|##\[)([^ :\]]+)`)
	for line := range strings.Lines(log) {
		found := command.FindStringSubmatch(line)
		switch {
		case found == nil:
		case stopped != "":
			if found[1] == stopped {
				stopped = ""
			}
		case found[1] == "stop-commands":
			stopped = strings.TrimSpace(strings.TrimPrefix(line, "::stop-commands::"))
		default:
			obeyed = append(obeyed, found[1])
		}
	}
	return obeyed
}

func TestTrap2ForeignTextIsNoCommand(t *testing.T) {
	const hostile = "x\n::add-mask::a\r\n##[error]y\n::stop-commands::z\n::z::\n  ::error::b"
	var out bytes.Buffer
	log := NewLog(&out)
	log.Print(hostile)
	log.Error(hostile)
	log.Warning("100%\x1b[2J")
	log.Notice("\x00" + strings.Repeat("ü", 5000))
	if got := fmt.Sprint(commands(out.String())); got != "[error warning notice]" {
		t.Errorf("a runner obeys %s of\n%s", got, &out)
	}
	if !strings.Contains(out.String(), "\n"+hostile+"\n::") {
		t.Errorf("free text was changed:\n%s", &out)
	}
	if !strings.Contains(out.String(), "::warning::100%25 [2J\n") || strings.Count(out.String(), "ü") > maxMessage {
		t.Errorf("messages are not clean:\n%s", &out)
	}
}

func FuzzLog(f *testing.F) {
	f.Add("::error::x\n::stop-commands::y")
	f.Add("\r::add-mask::a\u2028::error::b")
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		log := NewLog(&out)
		log.Print(text)
		log.Notice(text)
		if got := fmt.Sprint(commands(out.String())); got != "[notice]" {
			t.Errorf("a runner obeys %s of %q", got, &out)
		}
	})
}

func TestTrap2EveryFormOfASecretIsMasked(t *testing.T) {
	var out bytes.Buffer
	NewLog(&out).Mask("first line/+\n  \"second\" line\n}\n", "", " \n", "plain")
	for _, want := range []string{
		"::add-mask::first line/+%0A  \"second\" line%0A}%0A\n", // the whole
		"::add-mask::first line/+\n", "::add-mask::\"second\" line\n",
		"::add-mask::first line/+\\n  \\\"second\\\" line\\n}\\n\n",                     // in JSON
		"::add-mask::first+line%252F%252B%250A++%2522second%2522+line%250A%257D%250A\n", // in a query
		"::add-mask::Zmlyc3QgbGluZS8rCiAgInNlY29uZCIgbGluZQp9Cg==\n",                    // in a header
		"::add-mask::plain\n", "::add-mask::cGxhaW4=\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q in\n%s", want, &out)
		}
	}
	for _, never := range []string{"::add-mask::\n", "::add-mask:: \n", "::add-mask::}\n"} {
		if strings.Contains(out.String(), never) {
			t.Errorf("a line %q in\n%s", never, &out)
		}
	}
	if strings.Count(out.String(), "::add-mask::plain\n") != 1 {
		t.Errorf("the same form twice in\n%s", &out)
	}
}

func TestDiagnosesAnnotate(t *testing.T) {
	check := func(id string) *gate.Check { return &gate.Check{ID: id, Fix: "Mend " + id + "."} }
	at := gate.Fail("b,\nroken").FixedBy("Do 100%% of it.")
	at.Evidence = []gate.Evidence{{What: "x"}, {File: "app/a:b,c.ts", Line: 3, Column: 7}, {File: "other.ts"}}
	root := check("root")
	report := gate.Report{Results: []gate.Result{
		{Check: check("fine"), Verdict: gate.Pass("ok")},
		{Check: check("advice"), Severity: gate.Advisory, Verdict: gate.Fail("so so")},
		{Check: root, Verdict: at},
		{Check: check("waits"), Verdict: gate.Skip("waits for root"), Cause: root},
		{Check: check("unsure"), Verdict: gate.Unsure("took too long")},
		{Check: check("unsure-advice"), Severity: gate.Advisory, Verdict: gate.Unsure("took too long")},
	}}
	var out bytes.Buffer
	NewLog(&out).Diagnose(report)
	want := "::error col=7,file=app/a%3Ab%2Cc.ts,line=3,title=previewgate%3A root::b,%0Aroken%0ADo 100%25 of it.\n" +
		"::warning title=previewgate%3A advice::so so%0AMend advice.\n" +
		"::warning title=previewgate%3A unsure::took too long\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

func TestAnnotationsHaveALimit(t *testing.T) {
	var report gate.Report
	for range 30 {
		report.Results = append(report.Results,
			gate.Result{Check: &gate.Check{ID: "a"}, Verdict: gate.Fail("x")},
			gate.Result{Check: &gate.Check{ID: "b"}, Severity: gate.Advisory, Verdict: gate.Fail("y")})
	}
	var out bytes.Buffer
	NewLog(&out).Diagnose(report)
	if strings.Count(out.String(), "::error ") != 10 || strings.Count(out.String(), "::warning ") != 10 {
		t.Errorf("annotations:\n%s", &out)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestALogThatCannotBeWritten(*testing.T) {
	log := NewLog(broken{})
	log.Print("x")
	log.Error("x")
	log.Mask("secret")
}

func TestALogOfManyGoroutines(t *testing.T) {
	var out bytes.Buffer
	log := NewLog(&out)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			log.Print("::error::x")
			log.Notice("y")
		})
	}
	wg.Wait()
	if got := fmt.Sprint(commands(out.String())); got != "["+strings.TrimSpace(strings.Repeat("notice ", 8))+"]" {
		t.Errorf("a runner obeys %s", got)
	}
}
