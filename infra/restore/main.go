// Command restore gives every account of a restored table a new epoch, so that
// the feed says 410 cursor_reset to whoever holds a position of the table before:
// infra/runbooks/restore-from-pitr.md says when.
//
//	go run ./infra/restore --table NAME           tells what it would change
//	go run ./infra/restore --table NAME --apply   changes it
//
// It reads the whole table, several parts of it at once, and goes by the
// standard variables of the AWS SDK. It can be run again: an account has the same
// new epoch every time, so one that has it already is left alone, and a run that
// was cut off is ended by the next.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "restore:", err)
		os.Exit(1)
	}
}

// run is main with its surroundings given.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(out)
	table := flags.String("table", "", "name of the restored table")
	apply := flags.Bool("apply", false, "change the table; without it nothing is written")
	anyway := flags.Bool("anyway", false, "also where DynamoDB does not say that the table was restored, as after an import")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *table == "" || flags.NArg() > 0 {
		return errors.New("usage: restore --table NAME [--apply] [--anyway]")
	}
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := dynamodb.NewFromConfig(aws)
	id, source, err := identify(ctx, client, *table)
	switch {
	case err != nil:
		return err
	case source != "":
		_, _ = fmt.Fprintf(out, "%s was restored from %s\n", *table, source)
	case !*anyway:
		return fmt.Errorf("%s was not restored from another table: every reader of its feed would begin again. If it is to be so, say --anyway", *table)
	}
	e := epochs{client: client, table: *table, id: id, apply: *apply, out: out, every: 10 * time.Second}
	n, err := e.renew(ctx)
	_, _ = fmt.Fprintln(out, n.String(*apply))
	if err == nil && n.moved > 0 {
		err = fmt.Errorf("%d accounts changed meanwhile: is the table in use already? Run it again", n.moved)
	}
	if err == nil && !*apply && n.changed > 0 {
		_, _ = fmt.Fprintln(out, "nothing was written: add --apply")
	}
	return err
}
