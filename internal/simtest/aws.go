package simtest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/cloud"
)

// awsWire carries a service's calls to what simulates it. It is the HTTP client
// of the SDK's clients, whose retries are the product's, but without chance
// in their pauses, and whose requests are not signed: nothing verifies that.
type awsWire struct {
	service string
	wire    *Wire
	to      http.RoundTripper
}

// Do is what the SDK calls.
func (t awsWire) Do(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return t.wire.pass(t.service, operation, r, func() (*http.Response, error) {
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return t.to.RoundTrip(r)
	})
}

// localRegion and endpoint name nothing that exists.
const localRegion = "sa-east-1"

func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return min(time.Second<<attempt/2, 20*time.Second), nil // the mean of the SDK's
		})
	})
}

func (w *World) dynamoClient() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{BaseEndpoint: aws.String("http://dynamodb.simulated"), Region: localRegion,
		Credentials: aws.AnonymousCredentials{}, Retryer: retryer(), HTTPClient: awsWire{DynamoDB, w.wire, w.table}})
}

func (w *World) sqsClient() *sqs.Client {
	return sqs.New(sqs.Options{BaseEndpoint: aws.String(queueHost), Region: localRegion,
		Credentials: aws.AnonymousCredentials{}, Retryer: retryer(), HTTPClient: awsWire{SQS, w.wire, inMemory{w.cloud}}})
}

func (w *World) secretsClient() *secretsmanager.Client {
	return secretsmanager.New(secretsmanager.Options{BaseEndpoint: aws.String("http://secrets.simulated"), Region: localRegion,
		Credentials: aws.AnonymousCredentials{}, Retryer: retryer(), HTTPClient: awsWire{Secrets, w.wire, inMemory{w.cloud}}})
}

// inMemory serves requests from a handler.
type inMemory struct{ cloud *cloud.Cloud }

// RoundTrip implements http.RoundTripper.
func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	m.cloud.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// bodyOf reads a request's body and leaves it readable.
func bodyOf(r *http.Request) []byte {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic("simtest: a request in memory cannot be read: " + err.Error())
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// awsFailure is a refusal of a service that speaks JSON.
func awsFailure(status int, kind, message string) *http.Response {
	body, _ := json.Marshal(map[string]string{"__type": kind, "message": message, "Message": message})
	return answer(status, "application/x-amz-json-1.1", body)
}

// uuidOf draws text of a UUID's shape.
func uuidOf(r *rand.Rand) string {
	const hex = "0123456789abcdef"
	b := []byte("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx")
	for i, c := range b {
		if c == 'x' {
			b[i] = hex[r.IntN(16)]
		}
	}
	return string(b)
}
