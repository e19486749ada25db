package front

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// credential is what the bank simulator issued for an account.
type credential struct {
	Certificate  string `json:"certificate"`
	Key          string `json:"key"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Zip          []byte `json:"zip"`
}

// secrets returns texts that only somebody who leaks has: the client secret, and
// lines from inside the key.
func (c credential) secrets() []string {
	lines := strings.Split(strings.TrimSpace(c.Key), "\n")
	return append([]string{c.ClientSecret}, lines[1:len(lines)-1]...)
}

// json returns the credential as the body of an upload.
func (c credential) json() []byte {
	text, _ := json.Marshal(map[string]string{ // strings marshal
		"certificate": c.Certificate, "key": c.Key, "client_id": c.ClientID, "client_secret": c.ClientSecret,
	})
	return text
}

// form returns the credential as the form that a browser or curl sends.
func (c credential) form() (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range []struct{ name, file, value string }{
		{"certificate", "API_Certificado.crt", c.Certificate}, {"key", "API_Chave.key", c.Key},
		{"client_id", "", c.ClientID}, {"client_secret", "", c.ClientSecret},
	} {
		var part io.Writer
		if f.file != "" {
			part, _ = w.CreateFormFile(f.name, f.file)
		} else {
			part, _ = w.CreateFormField(f.name)
		}
		_, _ = io.WriteString(part, f.value) // into memory
	}
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// customer is a tenant with one account, and its client of the API.
type customer struct {
	http    *http.Client
	url     string
	token   string
	account string // id
	entry   string // id of one entry
	changes int    // of the feed, from its beginning to its end
	own     credential
	watch   *watch
	secrets [][]byte // that it sends: no answer may hold one
}

// enrol makes a tenant whose account is enabled. Its entries are on their way.
func enrol(ctx context.Context, client *http.Client, url string, n int, w *watch) (*customer, error) {
	c := &customer{http: client, url: url, watch: w}
	var token struct{ Token string }
	if err := c.get(ctx, fmt.Sprintf("/_local/token?tenant=bench-%d", n), &token); err != nil {
		return nil, err
	}
	c.token = token.Token
	if err := c.get(ctx, fmt.Sprintf("/_local/bank/credentials?account=%d", 700000000+n), &c.own); err != nil {
		return nil, err
	}
	c.guard(c.own.secrets()...)
	var body map[string]any
	if err := json.Unmarshal([]byte(`{"description":"Inter","bank":"inter","person_type":"PJ"}`), &body); err != nil {
		return nil, err
	}
	body["integration"] = json.RawMessage(c.own.json())
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var made struct{ ID string }
	if err := c.must(ctx, http.MethodPost, "/v1/accounts", "application/json", text, &made); err != nil {
		return nil, err
	}
	c.account = made.ID
	return c, nil
}

// guard adds texts that nobody may tell: no answer to this customer, no log.
func (c *customer) guard(secrets ...string) {
	for _, s := range secrets {
		c.secrets = append(c.secrets, []byte(s))
	}
	c.watch.guard(secrets...)
}

// settle learns what the first sync brought.
func (c *customer) settle(ctx context.Context) error {
	var page struct{ Entries []struct{ ID string } }
	if err := c.get(ctx, c.path("/entries?limit=1"), &page); err != nil {
		return err
	}
	if len(page.Entries) == 0 {
		return errors.New("the first sync brought no entry")
	}
	c.entry = page.Entries[0].ID
	var err error
	c.changes, err = c.poll(ctx, func(request func() error) error { return request() })
	return err
}

func (c *customer) path(rest string) string { return "/v1/accounts/" + c.account + rest }

// send sends a request and returns the answer. Whatever it is, it is searched.
func (c *customer) send(ctx context.Context, method, path, contentType string, body []byte, header ...string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if !strings.HasPrefix(path, "/_local/") {
		c.watch.search("the answer to "+method+" "+path, fmt.Append(answer, resp.Header), c.secrets)
	}
	return resp.StatusCode, answer, err
}

// must is send for what has to succeed; it reads the answer into to.
func (c *customer) must(ctx context.Context, method, path, contentType string, body []byte, to any) error {
	status, answer, err := c.send(ctx, method, path, contentType, body)
	switch {
	case err != nil:
		return err
	case status/100 != 2:
		return fmt.Errorf("%s %s: %d %.200s", method, path, status, answer)
	case to == nil:
		return nil
	}
	return json.Unmarshal(answer, to)
}

func (c *customer) get(ctx context.Context, path string, to any) error {
	return c.must(ctx, http.MethodGet, path, "", nil, to)
}

// idle waits until nothing is left to do, and returns the dead letters.
func idle(ctx context.Context, client *http.Client, url string) (deadLetters int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var left struct{ DLQ int }
	err = (&customer{http: client, url: url}).get(ctx, "/_local/idle?timeout=100", &left)
	return left.DLQ, err
}
