package githubspec

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// explain makes one error of several, on one line.
func (op operation) explain(wrong ...error) error {
	err := errors.Join(wrong...)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %s", op.name, strings.ReplaceAll(err.Error(), "\n", "; "))
}

func within(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func validate(schema *jsonschema.Schema, body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return errors.New("it is no JSON")
	}
	return describe(schema.Validate(value))
}

// describe says on one line what a schema refuses and where.
func describe(err error) error {
	refused, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	return errors.New(strings.Join(slices.Compact(leaves(*refused.DetailedOutput())), "; "))
}

// leaves lists the refusals that no other explains.
func leaves(unit jsonschema.OutputUnit) []string {
	if unit.Error != nil {
		return []string{strings.TrimSpace(unit.InstanceLocation + " " + unit.Error.String())}
	}
	var all []string
	for _, inner := range unit.Errors {
		all = append(all, leaves(inner)...)
	}
	return all
}
