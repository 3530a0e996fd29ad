package js

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/grafana/sobek"
)

// bundleName is what stack traces call a bundle.
const bundleName = "bundle"

// A Failure is an error that foreign code threw and did not catch, or a
// promise that nothing decides.
type Failure struct {
	Name     string // of the error's class; empty when no Error was thrown
	Message  string
	Position Position // Line is 0 when it is not known
	Ours     bool     // a bound of ours was met
}

func (f *Failure) Error() string {
	text := f.Message
	if f.Name != "" {
		text = f.Name + ": " + text
	}
	if f.Position.Line > 0 {
		text = f.Position.String() + ": " + text
	}
	return text
}

// failure makes an error of the engine one of this package's.
func (vm *VM) failure(err error) error {
	if vm.expired.Load() {
		return ErrTime
	}
	if thrown, ok := errors.AsType[*sobek.Exception](err); ok {
		f := vm.thrown(thrown.Value())
		if f.Position.Line == 0 {
			f.Position = vm.firstFrame(thrown.Stack())
		}
		return f
	}
	if _, ok := errors.AsType[*sobek.StackOverflowError](err); ok {
		return &Failure{Name: "RangeError", Message: "Maximum call stack size exceeded", Position: Position{Path: vm.entry()}, Ours: true}
	}
	return &Failure{Message: err.Error(), Position: Position{Path: vm.entry()}}
}

func (vm *VM) rejected(reason sobek.Value) error {
	if err, ok := reason.Export().(error); ok {
		return vm.failure(err)
	}
	return vm.thrown(reason)
}

// thrown reads an error object without letting it run code that could throw
// again.
func (vm *VM) thrown(value sobek.Value) *Failure {
	f := &Failure{Position: Position{Path: vm.entry()}}
	exception := vm.rt.Try(func() {
		object, ok := value.(*sobek.Object)
		if !ok || vm.Unknowns.Name(value) != "" {
			f.Message = short(value.String())
			return
		}
		f.Name, f.Message = text(object.Get("name")), short(text(object.Get("message")))
		f.Ours = f.Name == "RangeError" && strings.HasPrefix(f.Message, "Maximum call stack")
		f.Position = vm.inStack(text(object.Get("stack")))
	})
	if exception != nil || f.Name == "" && f.Message == "" {
		f.Message = "threw something that cannot be read"
	}
	return f
}

func text(v sobek.Value) string {
	if v == nil || sobek.IsUndefined(v) {
		return ""
	}
	return v.String()
}

// short keeps messages of a size that a report can show.
func short(s string) string {
	if len(s) > 2000 {
		return s[:2000]
	}
	return s
}

// inStack finds the first place of the bundle's sources in a stack trace.
func (vm *VM) inStack(stack string) Position {
	re := regexp.MustCompile(`\b` + bundleName + `:(\d+):(\d+)\(`)
	for _, m := range re.FindAllStringSubmatch(short(stack), -1) {
		line, _ := strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		if at := vm.bundle.position(line, column); at.Line > 0 {
			return at
		}
	}
	return Position{Path: vm.entry()}
}

func (vm *VM) firstFrame(stack []sobek.StackFrame) Position {
	for _, frame := range stack {
		if frame.SrcName() == bundleName {
			at := frame.Position()
			if at := vm.bundle.position(at.Line, at.Column); at.Line > 0 {
				return at
			}
		}
	}
	return Position{Path: vm.entry()}
}

// recovered turns a panic of the engine into an error.
func (vm *VM) recovered(err *error) {
	r := recover()
	switch {
	case r == nil:
	case vm.expired.Load():
		*err = ErrTime
	default:
		if cause, ok := r.(error); ok {
			*err = vm.failure(cause)
			return
		}
		*err = &Failure{Message: fmt.Sprint("the machine gave up: ", r), Position: Position{Path: vm.entry()}, Ours: true}
	}
}

// error makes an Error that a script can catch.
func (vm *VM) error(message string) sobek.Value {
	object, err := vm.rt.New(vm.rt.Get("Error"), vm.rt.ToValue(message))
	if err != nil {
		return vm.rt.NewTypeError(message)
	}
	return object
}
