package eval

import (
	"regexp"
	"slices"
	"strings"
)

// Variables are what the templates of a convex.json can name.
type Variables struct {
	Build map[string]string // the environment of the build
	Auth  map[string]string // WORKOS_CLIENT_ID, WORKOS_API_KEY, WORKOS_ENVIRONMENT_ID
}

// A TemplateError is what stops a build that cannot ask: a template without a
// value.
type TemplateError struct {
	Message  string
	Variable string // the one without a value; empty where the expression is unknown
}

func (e *TemplateError) Error() string { return e.Message }

// Resolve fills in a template as Convex' command line does. Its error is a
// *TemplateError.
func (v Variables) Resolve(template string) (string, error) {
	var failed error
	out := regexp.MustCompile(`\$\{([^}]+)\}`).ReplaceAllStringFunc(template, func(whole string) string {
		value, err := v.expression(whole, whole[2:len(whole)-1])
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	if failed != nil {
		return "", failed
	}
	return out, nil
}

func (v Variables) expression(whole, expression string) (string, error) {
	scope, name, _ := strings.Cut(expression, ".")
	switch {
	case scope == "buildEnv" && name != "":
		if value := v.Build[name]; value != "" {
			return value, nil
		}
		return "", &TemplateError{"Cannot resolve template " + whole + ": Environment variable " + name + " is not set.", name}
	case scope == "authEnv" && slices.Contains([]string{"WORKOS_CLIENT_ID", "WORKOS_API_KEY", "WORKOS_ENVIRONMENT_ID"}, name):
		if value := v.Auth[name]; value != "" {
			return value, nil
		}
		return "", &TemplateError{"Cannot resolve template " + whole + ": " + name + " not available. Ensure WorkOS environment is provisioned.", name}
	}
	return "", &TemplateError{Message: "Unknown template expression: " + whole + ". Use ${buildEnv.VAR_NAME} for environment variables or " +
		"${authEnv.WORKOS_CLIENT_ID/WORKOS_API_KEY} for provisioned values."}
}
