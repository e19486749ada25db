package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/dynoxide"
	"extrato/infra/local/cloud"
	"extrato/infra/local/resources"
	"extrato/infra/template"
)

// stackName stands for CloudFormation's: the table, and what other names and
// the secrets begin with.
const stackName = "extrato"

// cloudside is the AWS that functions and the stack itself use.
type cloudside struct {
	url      string
	region   string
	key      aws.Credentials
	dynamodb *dynamodb.Client
	sqs      *sqs.Client
	queues   map[string]resources.Queue // by logical id
	told     string                     // what stands behind it, for people
}

// openAWS starts the stand-in on the listener, with dynoxide behind it, or
// connects to the endpoint that was given; then it makes what the template
// asks for. What it started is added to s.
func openAWS(ctx context.Context, s *stack, listener net.Listener, t *template.Template) (*cloudside, error) {
	c := &cloudside{
		url: s.options.awsURL, told: "the endpoint of --aws-url",
		region: first(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "sa-east-1"),
		key: aws.Credentials{
			AccessKeyID:     first(os.Getenv("AWS_ACCESS_KEY_ID"), "local"),
			SecretAccessKey: first(os.Getenv("AWS_SECRET_ACCESS_KEY"), "local"),
			SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		},
	}
	if c.url == "" {
		// The stand-in takes any credentials, so nobody's real ones go there.
		c.key = aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}
		c.url = "http://" + listener.Addr().String()
		if err := serveAWS(ctx, s, c, listener); err != nil {
			return nil, err
		}
	}
	config := aws.Config{
		Region: c.region, BaseEndpoint: &c.url,
		Credentials: credentials.StaticCredentialsProvider{Value: c.key},
	}
	c.dynamodb, c.sqs = dynamodb.NewFromConfig(config), sqs.NewFromConfig(config)
	if err := resources.Table(ctx, c.dynamodb, stackName); err != nil {
		return nil, err
	}
	var err error
	c.queues, err = resources.Queues(ctx, c.sqs, stackName, t.Queues)
	return c, err
}

func serveAWS(ctx context.Context, s *stack, c *cloudside, listener net.Listener) error {
	database := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	c.told = "DynamoDB of AWS_ENDPOINT_URL_DYNAMODB; SQS and Secrets Manager simulated"
	if database == "" {
		c.told = "DynamoDB is dynoxide; SQS and Secrets Manager simulated"
		path, err := s.state.database()
		if err != nil {
			return err
		}
		told := time.AfterFunc(time.Second, func() { s.say("fetching dynoxide with npm, the first time only…") })
		db, err := dynoxide.Start(ctx, dynoxide.Options{DBPath: path})
		told.Stop()
		if err != nil {
			return err
		}
		s.onClose(func() { _ = db.Close() })
		database = db.Endpoint()
	}
	fake, err := cloud.New(cloud.Options{Region: c.region, DynamoDB: database, Dir: s.state.path("aws"), Speed: s.options.speed})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: fake, ReadHeaderTimeout: 10 * time.Second}
	s.serve(server, listener)
	s.onClose(fake.Close) // ends long polls, before the server
	return nil
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// listen opens a port. A port in use is told in one line that names the flag.
func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, listenError(flag, address, err)
	}
	return l, nil
}

func listenError(flag, address string, err error) error {
	if inUse(err) {
		return fmt.Errorf("%s is in use: end what listens there, or choose another address with %s", address, flag)
	}
	if inner := new(net.OpError); errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("cannot listen on %s (%s): %w", address, flag, err)
}
