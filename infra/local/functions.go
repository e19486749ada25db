package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"extrato/infra/local/journal"
	"extrato/infra/local/resources"
	"extrato/infra/local/runtime"
	"extrato/infra/template"
)

// folderOf returns the folder under functions that a logical id is built
// from, as the Makefile's targets for sam build have it.
func folderOf(id string) string { return strings.ToLower(strings.TrimSuffix(id, "Function")) }

// maxProcesses bounds a function's processes on one machine.
const maxProcesses = 4

// processes returns how many processes a function may have: one that is only
// scheduled has one, others as many as the template and this machine bear.
func processes(f template.Function, routes []template.Route) int {
	serves := slices.ContainsFunc(routes, func(r template.Route) bool { return r.Function == f.ID })
	if !serves && len(f.Queues) == 0 {
		return 1
	}
	n := maxProcesses
	for _, q := range f.Queues {
		if q.MaxConcurrency > 0 {
			n = min(n, q.MaxConcurrency)
		}
	}
	if f.Reserved > 0 {
		n = min(n, f.Reserved)
	}
	return n
}

// startFunctions makes a pool for every function. No process runs until the
// first invocation.
func (s *stack) startFunctions(binaries map[string]string) error {
	s.pools = map[string]*runtime.Pool{}
	for _, id := range slices.Sorted(maps.Keys(s.template.Functions)) {
		f := s.template.Functions[id]
		name := folderOf(id)
		env, err := s.environment(f)
		if err != nil {
			return err
		}
		function, err := s.nameOf(f)
		if err != nil {
			return err
		}
		log, err := journal.Open(s.state.logs, name, s.err)
		if err != nil {
			return err
		}
		pool := runtime.NewPool(runtime.Function{
			Name: name, ARN: "arn:aws:lambda:" + s.aws.region + ":" + resources.AccountID + ":function:" + function,
			Timeout: time.Duration(f.Timeout) * time.Second, Max: processes(f, s.template.Routes),
			Start: runtime.Exec(binaries[name], env, log.Stream),
		})
		s.pools[id] = pool
		s.onClose(func() { pool.Close(); _ = log.Close() })
	}
	return nil
}

// environment returns what a process of the function sees: Lambda's own
// variables, and the template's with the values of this machine.
func (s *stack) environment(f template.Function) ([]string, error) {
	function, err := s.nameOf(f)
	if err != nil {
		return nil, err
	}
	env := []string{
		"AWS_LAMBDA_FUNCTION_NAME=" + function,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(f.Memory),
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + function,
		"AWS_LAMBDA_LOG_STREAM_NAME=local",
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_REGION=" + s.aws.region, "AWS_DEFAULT_REGION=" + s.aws.region,
		"AWS_ACCESS_KEY_ID=" + s.aws.key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + s.aws.key.SecretAccessKey,
		"AWS_ENDPOINT_URL=" + s.aws.url,
		"_HANDLER=bootstrap", "LAMBDA_TASK_ROOT=/var/task", "LAMBDA_RUNTIME_DIR=/var/runtime",
		"TZ=:UTC", "LANG=en_US.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
	}
	if t := s.aws.key.SessionToken; t != "" {
		env = append(env, "AWS_SESSION_TOKEN="+t)
	}
	known := s.known()
	for _, name := range slices.Sorted(maps.Keys(f.Environment)) {
		value, err := s.template.Resolve(f.Environment[name], known)
		if err != nil {
			return nil, fmt.Errorf("template.yaml gives %s the variable %s, which the local stack has no value for: %w", f.ID, name, err)
		}
		// The bank is this stack's choice, whatever the template's default.
		switch name {
		case "BANK_BASE_URL":
			value = s.bankURL
		case "BANK_CA_PEM":
			value = s.bankCA
		}
		env = append(env, name+"="+value)
	}
	return env, nil
}

// known is what a deployment would know, by the template's references.
func (s *stack) known() map[string]string {
	return resources.Known(s.template, stackName, s.aws.region, s.aws.queues)
}

// nameOf returns a function's name, as the template or else CloudFormation gives it.
func (s *stack) nameOf(f template.Function) (string, error) {
	if !f.Name.Present() {
		return stackName + "-" + f.ID, nil
	}
	return s.template.Resolve(f.Name, s.known())
}

// scheduled returns the function that the schedule invokes, and its input.
func scheduled(t *template.Template) (template.Function, template.Schedule, error) {
	var found []template.Function
	for _, f := range t.Functions {
		if len(f.Schedules) > 0 {
			found = append(found, f)
		}
	}
	if len(found) != 1 || len(found[0].Schedules) != 1 {
		return template.Function{}, template.Schedule{}, errors.New("template.yaml must have one schedule, for one function")
	}
	return found[0], found[0].Schedules[0], nil
}
