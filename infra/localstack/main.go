// Command localstack makes the template's table and queues at an AWS endpoint
// that is not AWS, LocalStack or any other, and prints the functions'
// environment as `sam local --env-vars` reads it. What exists is kept, and its
// queues get the template's settings, so it may be run again.
//
// The endpoint, region and credentials are the standard variables. Without an
// endpoint it does nothing: in an AWS account `sam deploy` makes these things.
//
// sam local sets only variables that the template declares, and the product
// declares no endpoint. So -sam names the template that `sam build` wrote, and a
// copy beside it, local.yaml, says where AWS is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/resources"
	"extrato/infra/template"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "localstack: "+err.Error())
		os.Exit(1)
	}
}

// options is what the command line says.
type options struct{ template, stack, sam, functions string }

func parse(args []string, errOut io.Writer) (o options, err error) {
	f := flag.NewFlagSet("localstack", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.template, "template", "template.yaml", "`file` that says which table and queues")
	f.StringVar(&o.stack, "stack", "extrato", "`name` of the stack: of the table, and what other names begin with")
	f.StringVar(&o.sam, "sam", "", "`template` that sam build wrote; a copy with the endpoint goes beside it as local.yaml")
	f.StringVar(&o.functions, "functions", "http://localstack:4566", "`URL` of the endpoint as sam local's containers see it")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: there are flags only", f.Arg(0))
	}
	return o, nil
}

// run does what main does: the environment goes to out.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	o, err := parse(args, errOut)
	if err != nil {
		return err
	}
	if !elsewhere() {
		return errors.New("AWS_ENDPOINT_URL is not set: nothing is made in an AWS account by this program")
	}
	t, err := template.Read(o.template)
	if err != nil {
		return err
	}
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	if err := resources.Table(ctx, dynamodb.NewFromConfig(aws), o.stack); err != nil {
		return err
	}
	queues, err := resources.Queues(ctx, sqs.NewFromConfig(aws), o.stack, t.Queues)
	if err != nil {
		return err
	}
	env, err := environments(t, resources.Known(t, o.stack, aws.Region, queues))
	if err != nil {
		return err
	}
	if o.sam != "" {
		for _, variables := range env {
			variables[endpointVariable] = o.functions
		}
		if err := writeLocal(o.sam, filepath.Join(filepath.Dir(o.sam), "local.yaml")); err != nil {
			return err
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(env)
}

// elsewhere reports whether every call goes to an endpoint that somebody named.
func elsewhere() bool {
	return os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_DYNAMODB") != "" && os.Getenv("AWS_ENDPOINT_URL_SQS") != ""
}

// environments are the functions' variables by logical id, with what was made put
// in. The bank is the template's: its sandbox or another is a parameter.
func environments(t *template.Template, known map[string]string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for id, f := range t.Functions {
		all[id] = map[string]string{}
		for name, v := range f.Environment {
			text, err := t.Resolve(v, known)
			if err != nil {
				return nil, fmt.Errorf("variable %s of %s: %w", name, id, err)
			}
			all[id][name] = text
		}
	}
	return all, nil
}
