// Command empty is the handler that does nothing: what a Go function costs on
// Lambda at the least.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) error { return nil })
}
