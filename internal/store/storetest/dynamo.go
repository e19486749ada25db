package storetest

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"extrato/infra/dynoxide"
	"extrato/internal/store"
)

// endpoint returns the DynamoDB of this test binary: the one that
// AWS_ENDPOINT_URL_DYNAMODB names, or a dynoxide started by the first test that
// asks, shared by all, and ended by the kernel together with the binary.
var endpoint = sync.OnceValues(func() (string, error) {
	if url := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"); url != "" {
		return url, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	server, err := dynoxide.Start(ctx, dynoxide.Options{})
	if err != nil {
		return "", err
	}
	return server.Endpoint(), nil
})

// Client returns a client of the test binary's DynamoDB, with credentials that
// mean nothing. transport, if not nil, stands between: it is where a test
// injects faults or listens in.
func Client(t testing.TB, transport http.RoundTripper) *dynamodb.Client {
	t.Helper()
	url, err := endpoint()
	if err != nil {
		t.Fatalf("no DynamoDB for this test: %v", err)
	}
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   &http.Client{Transport: transport},
	})
}

// Table creates an empty table for this test alone and returns its name. It is
// deleted with the test.
func Table(t testing.TB, client *dynamodb.Client) string {
	t.Helper()
	name := "t-" + rand.Text()
	if _, err := client.CreateTable(t.Context(), store.Schema(name)); err != nil {
		t.Fatalf("create a table: %v", err)
	}
	t.Cleanup(func() {
		_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: aws.String(name)})
	})
	wait := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, time.Second
	})
	if err := wait.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(name)}, time.Minute); err != nil {
		t.Fatalf("wait for a table: %v", err)
	}
	return name
}

// Open returns a store over an empty table of its own.
func Open(t *testing.T) *store.Store {
	t.Helper()
	client := Client(t, nil)
	return store.New(client, Table(t, client))
}
