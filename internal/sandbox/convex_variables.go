package sandbox

import (
	"maps"
	"sync"
)

// variables are a deployment's environment variables. The sandbox's providers
// stay as the World has them: it evaluates no auth.config.
type variables struct {
	mu     sync.Mutex
	values map[string]string
}

func newVariables(values map[string]string) *variables {
	v := &variables{values: map[string]string{}}
	maps.Copy(v.values, values)
	return v
}

// all returns a copy.
func (v *variables) all() map[string]string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.values)
}

// set changes one variable; nil takes it away.
func (v *variables) set(name string, value *string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if value == nil {
		delete(v.values, name)
		return
	}
	v.values[name] = *value
}
