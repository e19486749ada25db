package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
)

const minRSA = 2048

// publicKey is what the public keys of crypto can do.
type publicKey interface{ Equal(crypto.PublicKey) bool }

// parseKey reads PKCS#8, PKCS#1 and SEC 1, whatever the block calls itself: the
// name is often wrong after a conversion. ok is false where none fits.
func parseKey(der []byte) (key any, ok bool) {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return k, true
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, true
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, true
	}
	return nil, false
}

// usable returns a key that TLS can sign with, or what is wrong with it. A weak
// key is returned all the same, to be compared with the certificate.
func usable(key any) (crypto.Signer, []Fault) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if bits := k.N.BitLen(); bits < minRSA {
			return k, []Fault{tooWeak(bits)}
		}
		return k, nil
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return k, nil
		}
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, []Fault{unsupported()}
}

// encodeKey writes a key as PKCS#8, so that one key has one text however it came.
func encodeKey(key crypto.Signer) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}
