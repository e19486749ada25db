package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// paging makes DynamoDB's pages short: what ends a page there, 1 MB, takes
// thousands of accounts to fill.
type paging int

func (limit paging) RoundTrip(r *http.Request) (*http.Response, error) {
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	if asked, ok := in["Limit"].(float64); strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Query") && (!ok || asked > float64(limit)) {
		in["Limit"] = int(limit)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return http.DefaultTransport.RoundTrip(r)
}

// shardOf puts n accounts into one shard of a table's index and returns their
// names in the order of their keys.
func shardOf(t *testing.T, client *dynamodb.Client, table string, shard, n int) []string {
	t.Helper()
	var names []string
	for i := range n {
		ref := statement.Ref{Tenant: statement.TenantID(fmt.Sprint("t", i%3)), Account: statement.AccountID(fmt.Sprintf("s%da%02d", shard, i))}
		key := string(ref.Tenant) + "#" + string(ref.Account)
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"PK": &types.AttributeValueMemberS{Value: "TENANT#" + string(ref.Tenant)}, "SK": &types.AttributeValueMemberS{Value: "ACCOUNT#" + string(ref.Account)},
			"enabled_shard": &types.AttributeValueMemberN{Value: fmt.Sprint(shard)}, "enabled_key": &types.AttributeValueMemberS{Value: key},
		}})
		must(t, err)
		names = append(names, ref.String())
	}
	slices.Sort(names) // "#" and "/" both sort before letters and digits
	return names
}

func TestEnabledFromGoesRound(t *testing.T) {
	t.Parallel()
	client := storetest.Client(t, nil)
	table := storetest.Table(t, client)
	all := map[int][]string{2: shardOf(t, client, table, 2, 1), 3: shardOf(t, client, table, 3, 23), 4: nil}
	for _, page := range []paging{1, 4, 23, 1000} {
		s := store.New(storetest.Client(t, page), table)
		for shard, names := range all {
			for _, at := range []float64{0, 0.04, 0.05, 0.17, 0.18, 0.3, 0.5, 0.75, 0.96, 0.999} {
				var got []string
				must(t, s.EnabledFrom(t.Context(), shard, at, func(refs []statement.Ref) error {
					for _, r := range refs {
						got = append(got, r.String())
					}
					return nil
				}))
				before := int(at * float64(len(names)))
				want := slices.Concat(names[before:], names[:before])
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("pages of %d, shard %d from %v (-want +got):\n%s", page, shard, at, d)
				}
			}
		}
	}
}

// A page of a circle's second half ends the reading as one of the first does.
func TestEnabledFromEndsWithItsReader(t *testing.T) {
	t.Parallel()
	client := storetest.Client(t, nil)
	table := storetest.Table(t, client)
	shardOf(t, client, table, 0, 9)
	stop := errors.New("stop")
	for ends := range 3 {
		pages := 0
		err := store.New(storetest.Client(t, paging(4)), table).EnabledFrom(t.Context(), 0, 0.5, func([]statement.Ref) error {
			if pages++; pages > ends {
				return stop
			}
			return nil
		})
		if err != stop || pages != ends+1 {
			t.Errorf("reader's error at page %d: %v after %d pages", ends+1, err, pages)
		}
	}
}
