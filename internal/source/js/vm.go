package js

import (
	_ "embed"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/grafana/sobek"
	"github.com/grafana/sobek/parser"
)

// hostName is the global object through which the prelude and the stubs reach
// what Go does for them. Foreign code can reach it too, and gains nothing: it
// leads to no file, no network, no clock and no environment.
const hostName = "__previewgate"

//go:embed prelude.js
var prelude string

// ErrTime is the error of code that did not come to an end.
var ErrTime = errors.New("did not come to an end")

// Options are what a VM shows to the code that runs in it.
type Options struct {
	Env      Env                                          // nil: process.env is empty
	Deadline time.Duration                                // for all that the VM runs; 0: 2s
	Prelude  string                                       // JavaScript that runs first, for further globals
	Host     map[string]func(...sobek.Value) (any, error) // functions for the prelude and the stubs; errors are thrown
}

// Env is process.env. Keys may be empty although Get knows names; Get's error
// is thrown.
type Env interface {
	Get(name string) (value string, ok bool, err error)
	Keys() []string
}

// A VM runs bundles. It is not safe for use by several goroutines at once.
type VM struct {
	Unknowns *Unknowns

	rt        *sobek.Runtime
	bundle    *Bundled
	stringify sobek.Callable
	tasks     []func()
	expired   atomic.Bool
	timer     *time.Timer
}

// maxCalls is how deep calls may nest.
const maxCalls = 2000

// NewVM returns a machine in which only the prelude has run. Call Close.
func NewVM(o Options) (*VM, error) {
	vm := &VM{rt: sobek.New()}
	vm.rt.SetMaxCallStackSize(maxCalls)
	vm.rt.SetParserOptions(parser.WithDisableSourceMaps)
	vm.rt.SetTimeSource(func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
	vm.rt.SetRandSource(func() float64 { return 0.5 })
	vm.rt.SetImportModuleDynamically(func(referrer any, specifier sobek.Value, promise any) {
		vm.tasks = append(vm.tasks, func() {
			vm.rt.FinishLoadingImportModule(referrer, specifier, promise, nil, vm.error("Cannot find module"))
		})
	})
	vm.Unknowns = newUnknowns(vm.rt)
	if o.Deadline == 0 {
		o.Deadline = 2 * time.Second
	}
	vm.timer = time.AfterFunc(o.Deadline, func() {
		vm.expired.Store(true)
		vm.rt.Interrupt(ErrTime)
	})
	return vm, vm.prepare(o)
}

// Close lets go of the deadline.
func (vm *VM) Close() { vm.timer.Stop() }

// prepare sets the globals up and takes hold of what foreign code could
// replace.
func (vm *VM) prepare(o Options) error {
	stringify, ok := sobek.AssertFunction(vm.rt.Get("JSON").ToObject(vm.rt).Get("stringify"))
	if !ok {
		return errors.New("JSON.stringify is missing")
	}
	vm.stringify = stringify
	host := vm.rt.NewObject()
	if err := vm.rt.GlobalObject().DefineDataProperty(hostName, host, sobek.FLAG_FALSE, sobek.FLAG_FALSE, sobek.FLAG_FALSE); err != nil {
		return err
	}
	for name, f := range vm.host(o) {
		if err := host.Set(name, f); err != nil {
			return err
		}
	}
	for _, text := range []string{prelude, o.Prelude} {
		if _, err := vm.rt.RunScript("prelude", text); err != nil {
			return fmt.Errorf("the prelude: %w", err)
		}
	}
	return nil
}

// Run evaluates a bundle and returns all that its entry exports. Its error is
// ErrTime or a *Failure.
func (vm *VM) Run(b *Bundled) (exports *sobek.Object, err error) {
	defer vm.recovered(&err)
	vm.bundle = b
	resolve := func(any, string) (sobek.ModuleRecord, error) { return nil, errors.New("Cannot find module") } //nolint:staticcheck // what a script sees
	module, err := sobek.ParseModule(bundleName, string(b.Code), resolve, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, &Failure{Message: err.Error(), Position: Position{Path: b.Entry}}
	}
	if err := module.Link(); err != nil {
		return nil, &Failure{Message: err.Error(), Position: Position{Path: b.Entry}}
	}
	promise := vm.rt.CyclicModuleRecordEvaluate(module, resolve)
	if _, err := vm.settle(promise); err != nil {
		return nil, err
	}
	exports, ok := vm.rt.NamespaceObjectFor(module).Get(exported).(*sobek.Object)
	if !ok {
		return nil, &Failure{Message: "the module has no exports", Position: Position{Path: b.Entry}}
	}
	return exports, nil
}

// Call calls a function, waits for the promise it may return, and returns what
// comes of it.
func (vm *VM) Call(f sobek.Value, args ...sobek.Value) (result sobek.Value, err error) {
	defer vm.recovered(&err)
	call, ok := sobek.AssertFunction(f)
	if !ok {
		return nil, &Failure{Message: "is not a function"}
	}
	result, err = call(sobek.Undefined(), args...)
	if err != nil {
		return nil, vm.failure(err)
	}
	if promise, ok := result.Export().(*sobek.Promise); ok {
		return vm.settle(promise)
	}
	return result, nil
}

// Get reads a property, which can run code. A missing one is undefined.
func (vm *VM) Get(object *sobek.Object, name string) (value sobek.Value, err error) {
	defer vm.recovered(&err)
	if thrown := vm.rt.Try(func() { value = object.Get(name) }); thrown != nil {
		return nil, vm.failure(thrown)
	}
	if value == nil {
		value = sobek.Undefined()
	}
	return value, nil
}

// JSON returns what JSON.stringify makes of a value; ok is false where that is
// undefined. A script cannot get between.
func (vm *VM) JSON(value sobek.Value) (text string, ok bool, err error) {
	defer vm.recovered(&err)
	result, err := vm.stringify(sobek.Undefined(), value)
	if err != nil {
		return "", false, vm.failure(err)
	}
	if sobek.IsUndefined(result) {
		return "", false, nil
	}
	return result.String(), true, nil
}

// Value makes a Go value one of the machine's.
func (vm *VM) Value(v any) sobek.Value { return vm.rt.ToValue(v) }

// settle runs jobs and timers until a promise is decided.
func (vm *VM) settle(p *sobek.Promise) (sobek.Value, error) {
	for {
		if _, err := vm.rt.RunString(""); err != nil { // lets pending jobs run
			return nil, vm.failure(err)
		}
		switch {
		case vm.expired.Load():
			return nil, ErrTime
		case p.State() == sobek.PromiseStateFulfilled:
			return p.Result(), nil
		case p.State() == sobek.PromiseStateRejected:
			return nil, vm.rejected(p.Result())
		case len(vm.tasks) == 0:
			return nil, &Failure{Message: "waits for something that never happens", Position: Position{Path: vm.entry()}}
		}
		task := vm.tasks[0]
		vm.tasks = vm.tasks[1:]
		task()
	}
}

func (vm *VM) entry() string {
	if vm.bundle == nil {
		return ""
	}
	return vm.bundle.Entry
}

// Entry is the path of the bundle that runs.
func (vm *VM) Entry() string {
	return vm.entry()
}

// Here is where the running code stands in its sources, for functions that it
// calls.
func (vm *VM) Here() Position {
	if vm.bundle == nil {
		return Position{}
	}
	return vm.firstFrame(vm.rt.CaptureCallStack(0, nil))
}

// Global returns a global variable, or undefined.
func (vm *VM) Global(name string) sobek.Value {
	if v := vm.rt.Get(name); v != nil {
		return v
	}
	return sobek.Undefined()
}
