// Command echo is a Lambda function for tests: it answers what it is and was
// given, or does what its event asks.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct{ Do, Say string }

func handle(ctx context.Context, e event) (map[string]any, error) {
	fmt.Printf(`{"level":"INFO","msg":%q}`+"\n", e.Do)
	switch e.Do {
	case "fail":
		return nil, errors.New(e.Say)
	case "panic":
		panic(e.Say)
	case "exit":
		os.Exit(1)
	case "sleep":
		time.Sleep(time.Minute)
	}
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"say": e.Say, "table": os.Getenv("TABLE_NAME"), "arn": lc.InvokedFunctionArn,
		"left": time.Until(deadline).Seconds() > 1, "pid": os.Getpid(), "variables": len(os.Environ()),
	}, nil
}

func main() { lambda.Start(handle) }
