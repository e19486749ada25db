package intertest

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"extrato/internal/statement"
)

// stateFile holds everything that Save keeps. It has private keys in it.
const stateFile = "bank.json"

// saved is the content of the file.
type saved struct {
	Seed         int64              `json:"seed"`
	CA           string             `json:"ca"`
	CAKey        string             `json:"ca_key"`
	Accounts     []savedAccount     `json:"accounts"`
	Clients      []savedClient      `json:"clients"`
	Certificates []savedCertificate `json:"certificates"`
}

type savedAccount struct {
	Number    string          `json:"number"`
	Company   string          `json:"company"`
	Opening   statement.Cents `json:"opening"`
	Generated []Generation    `json:"generated,omitempty"`
	Recorded  bool            `json:"recorded,omitempty"`
}

type savedClient struct {
	ID       string   `json:"id"`
	Secret   string   `json:"secret"`
	Name     string   `json:"name"`
	Accounts []string `json:"accounts"`
	Scopes   []string `json:"scopes"`
	Wider    []string `json:"wider,omitempty"`
	Deleted  bool     `json:"deleted,omitempty"`
}

type savedCertificate struct {
	ClientID    string `json:"client_id"`
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// Save writes the CA, the integrations, and how the accounts were generated
// to a file of mode 0600 in dir, so that credentials stay good after a
// restart. Entries given to Add, faults and behaviour are not kept. The file
// is replaced whole: a crash leaves the old one.
func (b *Bank) Save(dir string) error {
	s, err := b.state()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, stateFile+".*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, stateFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func (b *Bank) state() (saved, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	der, err := x509.MarshalPKCS8PrivateKey(b.ca.key)
	if err != nil {
		return saved{}, err
	}
	s := saved{Seed: b.options.Seed, CA: b.ca.pem, CAKey: pemOf("PRIVATE KEY", der)}
	for _, a := range b.accounts {
		a.mu.Lock()
		s.Accounts = append(s.Accounts, savedAccount{
			Number: a.number, Company: a.company, Opening: a.opening,
			Generated: slices.Clone(a.generated), Recorded: a.recorded,
		})
		a.mu.Unlock()
	}
	for _, c := range b.clients {
		k := savedClient{ID: c.id, Secret: c.secret, Name: c.name, Scopes: c.scopes, Wider: c.wider, Deleted: c.deleted}
		for _, a := range c.accounts {
			k.Accounts = append(k.Accounts, a.number)
		}
		s.Clients = append(s.Clients, k)
	}
	for _, i := range b.integrations {
		s.Certificates = append(s.Certificates, savedCertificate{i.client.id, i.certificate, i.key})
	}
	return s, nil
}

// Load brings back what Save wrote, accounts generated anew; fs.ErrNotExist
// where nothing was saved. The bank must be new: without accounts,
// integrations and listener.
func (b *Bank) Load(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return err
	}
	var s saved
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s: not a saved bank", stateFile) // the cause could quote a key
	}
	ca, err := s.authority()
	if err != nil {
		return err
	}
	b.mu.Lock()
	if b.server != nil || len(b.accounts)+len(b.clients) > 0 {
		b.mu.Unlock()
		return errors.New("intertest: Load into a bank that is in use")
	}
	b.ca, b.options.Seed = ca, s.Seed
	b.mu.Unlock()
	for _, k := range s.Accounts {
		if k.Recorded {
			b.Recorded()
		}
		a := b.AddAccount(k.Number)
		a.SetCompany(k.Company)
		a.SetOpening(k.Opening)
		for _, g := range k.Generated {
			a.Generate(g.Profile, g.From, g.To)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range s.Clients {
		c := &client{id: k.ID, secret: k.Secret, name: k.Name, scopes: k.Scopes, wider: k.Wider, deleted: k.Deleted}
		for _, number := range k.Accounts {
			c.accounts = append(c.accounts, b.find(number))
		}
		b.clients = append(b.clients, c)
		for _, p := range s.Certificates {
			if p.ClientID == c.id {
				b.integrations = append(b.integrations, &Integration{bank: b, client: c, certificate: p.Certificate, key: p.Key})
			}
		}
	}
	return nil
}

func (s saved) authority() (*authority, error) {
	block, _ := pem.Decode([]byte(s.CAKey))
	if block == nil {
		return nil, fmt.Errorf("%s: the CA's key is not PEM", stateFile)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: the CA's key cannot be read", stateFile)
	}
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: the CA's key is of another kind", stateFile)
	}
	return readAuthority(s.CA, ec)
}
