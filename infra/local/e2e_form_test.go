package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
)

// part is one -F of curl.
type part struct{ name, file, value string }

// curlForm writes a form as curl does and returns it with its content type.
func curlForm(parts ...part) (contentType string, body []byte) {
	const boundary = "------------------------y2Fk8vQ0ZsWc1nBd7RtXeM"
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q", boundary, p.name)
		if p.file != "" {
			fmt.Fprintf(&b, "; filename=%q\r\nContent-Type: application/octet-stream", p.file)
		}
		fmt.Fprintf(&b, "\r\n\r\n%s\r\n", p.value)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return "multipart/form-data; boundary=" + boundary, b.Bytes()
}

// pairForm is what a person has from the bank: two files and two codes.
func pairForm(i *intertest.Integration) []part {
	return []part{
		{"certificate", intertest.CertificateName, i.Certificate()}, {"key", intertest.KeyName, i.Key()},
		{"client_id", "", i.ClientID()}, {"client_secret", "", i.ClientSecret()},
	}
}

// raw sends a body as it is. The answer comes with its headers before it.
func (c *erp) raw(method, path string, header map[string]string, body []byte) (status int, answer string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, fmt.Sprint(resp.Header, "\n", string(text))
}

// TestE2EFromNothingToEntries goes the ways of an ERP's developer. Each line of
// a way is a call; the last brings the entries.
func TestE2EFromNothingToEntries(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	r := startRig(t, bank)
	for n, way := range []struct {
		name string
		goes func(c *erp, i *intertest.Integration) (id string, calls int)
	}{
		{"a new account", func(c *erp, i *intertest.Integration) (string, int) {
			return c.open(i).ID, 1
		}},
		{"an account already registered", func(c *erp, i *intertest.Integration) (string, int) {
			var a erpAccount
			c.must("POST", "/v1/accounts", newAccount(), &a)
			c.must("PUT", "/v1/accounts/"+a.ID+"/integration", pair(i), &a)
			return a.ID, 2
		}},
		{"the same with curl -F", func(c *erp, i *intertest.Integration) (string, int) {
			var a erpAccount
			c.must("POST", "/v1/accounts", newAccount(), &a)
			contentType, body := curlForm(pairForm(i)...)
			status, answer := c.raw("PUT", "/v1/accounts/"+a.ID+"/integration", map[string]string{"Content-Type": contentType}, body)
			if status != http.StatusOK || !strings.Contains(answer, `"active"`) {
				c.t.Fatalf("%d %s", status, answer)
			}
			return a.ID, 2
		}},
		{"renewed with curl -F, the two files only", func(c *erp, i *intertest.Integration) (string, int) {
			id := c.open(i).ID
			c.idle()
			contentType, body := curlForm(pairForm(i.Renew())[:2]...)
			status, answer := c.raw("PUT", "/v1/accounts/"+id+"/integration/certificate", map[string]string{"Content-Type": contentType}, body)
			if status != http.StatusOK || !strings.Contains(answer, `"active"`) {
				c.t.Fatalf("%d %s", status, answer)
			}
			return id, 2
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			truth, i := newBankAccount(bank, fmt.Sprint(407312950+n))
			c := r.erp(fmt.Sprint("tenant-", n)).in(t)
			id, calls := way.goes(c, i)
			c.idle()
			var page struct {
				Entries []erpEntry `json:"entries"`
			}
			c.must("GET", "/v1/accounts/"+id+"/entries", nil, &page)
			if calls++; calls >= 5 || len(page.Entries) == 0 {
				t.Errorf("%d entries after %d calls", len(page.Entries), calls)
			}
			c.isTheBanks(id, truth, bankday.Through(today()))
		})
	}
}
