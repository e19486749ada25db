package sync

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/errgroup"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// bareWork is a day of an account without the product: the same calls, with
// answers of the same size, through the same SDK, and nothing done with them.
type bareWork struct {
	Ref              statement.Ref
	From, To         statement.Date
	Certificate, Key string
	ID, Secret       string // of the bank's client
	Written          int    // items in the transaction
}

// bare makes the calls of one daily sync, as often as is asked for: the head,
// the secret, token, statement and balance over a connection of their own,
// entries and days of the window, one transaction, one record. Accounts go side
// by side, as in the function.
func bare(o order) error {
	debug.SetGCPercent(400) // as the function
	config := aws.Config{Region: region, BaseEndpoint: &o.AWS, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	table, secrets := dynamodb.NewFromConfig(config), secretsmanager.NewFromConfig(config)
	all, ctx := errgroup.WithContext(context.Background())
	for _, w := range o.Bare {
		all.Go(func() error {
			for range o.Times {
				if err := bareDay(ctx, o, w, table, secrets); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all.Wait()
}

func bareDay(ctx context.Context, o order, w bareWork, table *dynamodb.Client, secrets *secretsmanager.Client) error {
	name := aws.String(stack)
	s := func(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }
	_, err := table.GetItem(ctx, &dynamodb.GetItemInput{TableName: name, ConsistentRead: aws.Bool(true), Key: map[string]types.AttributeValue{
		"PK": s("TENANT#" + string(w.Ref.Tenant)), "SK": s("ACCOUNT#" + string(w.Ref.Account))}})
	if err != nil {
		return err
	}
	if _, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(stack + "/" + string(w.Ref.Tenant) + "/" + string(w.Ref.Account))}); err != nil {
		return err
	}
	if err := bareBank(o, w); err != nil {
		return err
	}
	var items []map[string]types.AttributeValue
	for _, kind := range []string{"ENTRY#", "DAY#"} {
		found, err := table.Query(ctx, &dynamodb.QueryInput{TableName: name, ConsistentRead: aws.Bool(true),
			KeyConditionExpression: aws.String("PK = :pk AND SK BETWEEN :lower AND :upper"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":pk":    s("STATEMENT#" + string(w.Ref.Tenant) + "#" + string(w.Ref.Account)),
				":lower": s(kind + string(w.From)), ":upper": s(kind + "~")}})
		if err != nil {
			return err
		}
		items = append(items, found.Items...)
	}
	in := &dynamodb.TransactWriteItemsInput{}
	for _, item := range items[:w.Written] {
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: &types.Put{TableName: name, Item: item}})
	}
	if _, err := table.TransactWriteItems(ctx, in); err != nil {
		return err
	}
	_, err = table.PutItem(ctx, &dynamodb.PutItemInput{TableName: name, Item: items[0]})
	return err
}

// bareBank asks the bank what a daily sync asks, and reads the answers.
func bareBank(o order, w bareWork) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(o.BankCA))
	pair, err := tls.X509KeyPair([]byte(w.Certificate), []byte(w.Key))
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}
	defer transport.CloseIdleConnections()
	ask := func(method, path, body, token string) ([]byte, error) {
		r, err := http.NewRequest(method, o.BankURL+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		if r.Header.Set("Authorization", "Bearer "+token); token == "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, answer.Status)
		}
		return io.ReadAll(answer.Body)
	}
	form := url.Values{"client_id": {w.ID}, "client_secret": {w.Secret}, "grant_type": {"client_credentials"}, "scope": {inter.Scope}}
	text, err := ask(http.MethodPost, "/oauth/v2/token", form.Encode(), "")
	if err != nil {
		return err
	}
	var token struct {
		Text string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &token); err != nil {
		return err
	}
	dates := "dataInicio=" + string(w.From) + "&dataFim=" + string(w.To)
	if _, err := ask(http.MethodGet, "/banking/v2/extrato/completo?pagina=0&tamanhoPagina=10000&"+dates, "", token.Text); err != nil {
		return err
	}
	_, err = ask(http.MethodGet, "/banking/v2/saldo?dataSaldo="+string(w.To), "", token.Text)
	return err
}
