package cloud

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"time"
)

// dynamoTarget is the service's name in X-Amz-Target.
const dynamoTarget = "DynamoDB_20120810"

// forwardTo returns a handler that hands calls on to the DynamoDB at a URL and
// its answers back untouched: the client checks X-Amz-Crc32 against the bytes.
func forwardTo(endpoint string) (http.Handler, error) {
	dynamo := service{version: "1.0", namespace: "com.amazonaws.dynamodb.v20120810#", messageKey: "message"}
	if endpoint == "" {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			dynamo.fail(w, &fault{code: "UnknownOperationException", message: "This endpoint was started without a DynamoDB to forward to."})
		}), nil
	}
	u, err := absolute(endpoint)
	if err != nil {
		return nil, fmt.Errorf("cloud: DynamoDB endpoint: %w", err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) },
		Transport: &http.Transport{
			DisableCompression:  true, // unpacking would break the checksum
			MaxIdleConnsPerHost: 64,   // a fan-out and twenty syncs at once
			IdleConnTimeout:     time.Minute,
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			// A server fault, so that the SDK tries again.
			dynamo.fail(w, &fault{code: "InternalServerError", status: http.StatusServiceUnavailable,
				message: fmt.Sprintf("The DynamoDB at %s does not answer: %v", u.Host, err)})
		},
	}, nil
}
