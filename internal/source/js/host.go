package js

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/grafana/sobek"

	"github.com/previewgate/previewgate/internal/source/js/weburl"
)

// host lists what Go does for scripts.
func (vm *VM) host(o Options) map[string]any {
	host := map[string]any{
		"env": vm.rt.NewDynamicObject(&environment{vm, o.Env, make(map[string]sobek.Value)}),
		"unknown": func(call sobek.FunctionCall) sobek.Value {
			return vm.Unknowns.Module(call.Argument(0).String())
		},
		"isUnknown": func(call sobek.FunctionCall) sobek.Value {
			return vm.rt.ToValue(vm.Unknowns.Name(call.Argument(0)) != "")
		},
		"later": func(call sobek.FunctionCall) sobek.Value {
			if f, ok := sobek.AssertFunction(call.Argument(0)); ok {
				vm.tasks = append(vm.tasks, func() { vm.task(f) })
			}
			return sobek.Undefined()
		},
		"value": func(call sobek.FunctionCall) sobek.Value {
			return vm.Unknowns.Value(call.Argument(0).String())
		},
		"touched": func(call sobek.FunctionCall) sobek.Value {
			vm.Unknowns.touch(call.Argument(0).String())
			return sobek.Undefined()
		},
		"btoa":     vm.btoa,
		"atob":     vm.atob,
		"parseURL": vm.parseURL,
		"setURL":   vm.setURL,
	}
	for name, f := range o.Host {
		host[name] = func(call sobek.FunctionCall) sobek.Value {
			value, err := f(call.Arguments...)
			if err != nil {
				panic(vm.error(err.Error()))
			}
			return vm.rt.ToValue(value)
		}
	}
	return host
}

// btoa takes a string of bytes, one a character, as in browsers.
func (vm *VM) btoa(call sobek.FunctionCall) sobek.Value {
	var in []byte
	for _, r := range call.Argument(0).String() {
		if r > 0xFF {
			panic(vm.error("Invalid character"))
		}
		in = append(in, byte(r))
	}
	return vm.rt.ToValue(base64.StdEncoding.EncodeToString(in))
}

func (vm *VM) atob(call sobek.FunctionCall) sobek.Value {
	text := strings.TrimRight(call.Argument(0).String(), "=")
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		panic(vm.error("Invalid character"))
	}
	var b strings.Builder
	for _, c := range out {
		b.WriteRune(rune(c))
	}
	return vm.rt.ToValue(b.String())
}

// task runs a timer; what it throws has nobody to catch it.
func (vm *VM) task(f sobek.Callable) { _, _ = f(sobek.Undefined()) }

// parseURL returns the parts of a URL, or null.
func (vm *VM) parseURL(call sobek.FunctionCall) sobek.Value {
	var base *weburl.URL
	if b := call.Argument(1); !sobek.IsUndefined(b) {
		var err error
		if base, err = weburl.Parse(b.String(), nil); err != nil {
			return sobek.Null()
		}
	}
	u, err := weburl.Parse(call.Argument(0).String(), base)
	if err != nil {
		return sobek.Null()
	}
	return vm.parts(u)
}

func (vm *VM) parts(u *weburl.URL) sobek.Value {
	return vm.rt.ToValue(map[string]string{
		"href": u.String(), "origin": u.Origin(), "protocol": u.Scheme + ":",
		"username": u.Username, "password": u.Password,
		"host": u.Authority(), "hostname": u.Host, "port": u.Port,
		"pathname": u.Path, "search": u.Search, "hash": u.Hash,
	})
}

// setURL returns the parts of a URL after an assignment to one of them.
func (vm *VM) setURL(call sobek.FunctionCall) sobek.Value {
	u, err := weburl.Parse(call.Argument(0).String(), nil)
	if err != nil {
		return sobek.Null()
	}
	u.Set(call.Argument(1).String(), call.Argument(2).String())
	return vm.parts(u)
}

// An environment is process.env for scripts: what they write, they read again.
type environment struct {
	vm      *VM
	env     Env
	written map[string]sobek.Value
}

func (e *environment) Get(name string) sobek.Value {
	if v, ok := e.written[name]; ok {
		return v
	}
	if e.env == nil {
		return nil
	}
	value, ok, err := e.env.Get(name)
	if err != nil {
		panic(e.vm.error(err.Error()))
	}
	if !ok {
		return nil
	}
	return e.vm.rt.ToValue(value)
}

func (e *environment) Set(name string, v sobek.Value) bool {
	e.written[name] = v
	return true
}

func (e *environment) Has(name string) bool {
	return slices.Contains(e.Keys(), name)
}

func (e *environment) Delete(name string) bool {
	e.written[name] = sobek.Undefined()
	return true
}

func (e *environment) Keys() []string {
	if e.env == nil {
		return nil
	}
	return e.env.Keys()
}
