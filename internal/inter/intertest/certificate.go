package intertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
)

// KeyKind is the kind of a private key and how its file is written.
type KeyKind int

// The kinds. What the real bank issues is not known.
const (
	Default  KeyKind = iota // Options.Key, and RSA where that is Default too
	RSA                     // 2048 bits, PKCS#8
	RSAPKCS1                // 2048 bits, BEGIN RSA PRIVATE KEY
	EC                      // P-256, PKCS#8; the quickest to make
	ECSEC1                  // P-256, BEGIN EC PRIVATE KEY
)

// newKey returns a private key and its PEM text.
func newKey(kind KeyKind) (crypto.Signer, string, error) {
	var key crypto.Signer
	var err error
	if kind == EC || kind == ECSEC1 {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return nil, "", err
	}
	switch kind {
	case RSAPKCS1:
		return key, pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey))), nil
	case ECSEC1:
		der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
		return key, pemOf("EC PRIVATE KEY", der), err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return key, pemOf("PRIVATE KEY", der), err
}

// certify issues a certificate for a client. It fails only where the machine
// has no randomness, and panics then.
func (b *Bank) certify(c *client, o CertificateOptions) *Integration {
	key, keyPEM, err := newKey(or(o.Key, or(b.options.Key, RSA)))
	if err != nil {
		panic(err)
	}
	if o.NotBefore.IsZero() {
		o.NotBefore = b.options.CertificateClock()
	}
	if o.NotAfter.IsZero() {
		o.NotAfter = o.NotBefore.AddDate(0, 0, 365)
	}
	b.mu.Lock()
	accounts := c.accounts
	b.mu.Unlock()
	subject := pkix.Name{CommonName: c.name, OrganizationalUnit: []string{or(o.OU, c.id)}}
	if len(accounts) > 0 {
		subject.Organization = []string{accounts[0].Company()}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	der, err := b.ca.sign(&x509.Certificate{
		Subject:     subject,
		NotBefore:   o.NotBefore,
		NotAfter:    o.NotAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public())
	if err != nil {
		panic(err)
	}
	i := &Integration{bank: b, client: c, certificate: pemOf("CERTIFICATE", der), key: keyPEM}
	b.integrations = append(b.integrations, i)
	return i
}
