package credential

import (
	"crypto"
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"extrato/internal/statement"
)

const (
	maxFile   = 16 << 10 // bytes of one file: a key with a bundle needs 8 KB
	maxSecret = 256      // bytes of a client secret: Inter's are UUIDs, 36
)

// Check reads an upload and says all that is wrong with it at once: the error is
// nil or Faults. now decides whether the certificate is valid.
//
// The credential comes back in one normal form: certificates only, leaf first;
// the key as PKCS#8; the codes without blanks around them, the client id as the
// certificate spells it. The facts are the leaf's, as Facts tells them.
func Check(u Upload, now time.Time) (statement.Credential, statement.Certificate, error) {
	certificateBlocks, faults := readFile(FieldCertificate, u.Certificate)
	keyBlocks, keyFaults := readFile(FieldKey, u.Key)
	var list []*x509.Certificate
	var key crypto.Signer
	if isSwapped(certificateBlocks, keyBlocks) {
		faults = append(faults, swapped())
	} else {
		if faults == nil {
			list, faults = findCertificates(certificateBlocks)
		}
		if keyFaults == nil {
			key, keyFaults = findKey(keyBlocks)
		}
	}

	var public publicKey
	if key != nil {
		public, _ = key.Public().(publicKey)
	}
	var leaf *x509.Certificate
	if len(list) > 0 {
		list = leafFirst(list, public)
		leaf = list[0]
		leafFaults := checkLeaf(leaf, now)
		faults = append(faults, leafFaults...)
		if key != nil && !leaf.IsCA && (public == nil || !public.Equal(leaf.PublicKey)) {
			keyFaults = append(keyFaults, mismatch())
		}
	}
	faults = append(faults, keyFaults...)

	id, idFaults := checkClientID(u.ClientID, leaf)
	secret, secretFaults := checkClientSecret(u.ClientSecret, id)
	faults = slices.Concat(faults, idFaults, secretFaults)
	if len(faults) > 0 {
		return statement.Credential{}, statement.Certificate{}, Faults(faults)
	}
	text, err := encodeKey(key)
	if err != nil {
		return statement.Credential{}, statement.Certificate{}, Faults{unsupported()}
	}
	return statement.Credential{
		Certificate:  encode(list),
		Key:          statement.NewSecret(text),
		ClientID:     id,
		ClientSecret: statement.NewSecret(secret),
	}, factsOf(leaf), nil
}

// readFile finds the PEM blocks of a file, or says why there are none.
func readFile(field string, data []byte) ([]block, []Fault) {
	switch {
	case len(data) == 0:
		return nil, []Fault{required(field)}
	case isZip(data): // before the size: the sentence tells more
		return nil, []Fault{zipped(field)}
	case len(data) > maxFile:
		return nil, []Fault{tooLarge(field)}
	}
	found, cut := blocks(plain(data))
	switch {
	case cut:
		return nil, []Fault{incomplete(field)}
	case len(found) == 0:
		return nil, []Fault{notPEM(field, describe(data))}
	}
	return found, nil
}

func isSwapped(certificate, key []block) bool {
	return slices.ContainsFunc(certificate, block.isKey) && !slices.ContainsFunc(certificate, block.isCertificate) &&
		slices.ContainsFunc(key, block.isCertificate) && !slices.ContainsFunc(key, block.isKey)
}

func findCertificates(found []block) ([]*x509.Certificate, []Fault) {
	list, ok := parseCertificates(found)
	switch {
	case !ok:
		return nil, []Fault{unreadable(FieldCertificate)}
	case len(list) == 0:
		return nil, []Fault{notFound(FieldCertificate, describeBlocks(found))}
	}
	return list, nil
}

func findKey(found []block) (crypto.Signer, []Fault) {
	keys := slices.DeleteFunc(slices.Clone(found), func(b block) bool { return !b.isKey() })
	switch {
	case len(keys) == 0:
		return nil, []Fault{notFound(FieldKey, describeBlocks(found))}
	case len(keys) > 1:
		return nil, []Fault{severalKeys()}
	case keys[0].encrypted:
		return nil, []Fault{encrypted()}
	case keys[0].kind == "OPENSSH PRIVATE KEY", keys[0].kind == "DSA PRIVATE KEY":
		return nil, []Fault{unsupported()}
	}
	key, ok := parseKey(keys[0].der)
	if !ok {
		return nil, []Fault{unreadable(FieldKey)}
	}
	return usable(key)
}

// checkLeaf looks at the certificate by itself. An authority's is refused as
// such: its validity does not matter then.
func checkLeaf(leaf *x509.Certificate, now time.Time) []Fault {
	switch {
	case leaf.IsCA:
		return []Fault{authority()}
	case now.After(leaf.NotAfter):
		return []Fault{expired(leaf.NotAfter)}
	case now.Before(leaf.NotBefore):
		return []Fault{notYet(leaf.NotBefore)}
	}
	return nil
}

// checkClientID returns the id as the certificate spells it, where it names it.
func checkClientID(text string, leaf *x509.Certificate) (string, []Fault) {
	id := trim(text)
	switch {
	case id == "":
		return "", []Fault{required(FieldClientID)}
	case !uuid.MatchString(id):
		return "", []Fault{notUUID()}
	case leaf == nil || leaf.IsCA:
		return id, nil
	}
	named := integrations(leaf)
	for _, own := range named {
		if strings.EqualFold(own, id) {
			return own, nil
		}
	}
	if len(named) > 0 {
		return "", []Fault{otherIntegration()}
	}
	return id, nil
}

// checkClientSecret takes printable ASCII only: a secret copied from a field that
// hides it is a row of dots.
func checkClientSecret(text, clientID string) (string, []Fault) {
	secret := trim(text)
	switch {
	case secret == "":
		return "", []Fault{required(FieldClientSecret)}
	case len(secret) > maxSecret:
		return "", []Fault{secretTooLong()}
	case strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }), strings.Trim(secret, "*") == "":
		return "", []Fault{secretMalformed()}
	case strings.EqualFold(secret, clientID):
		return "", []Fault{secretIsClientID()}
	}
	return secret, nil
}

// trim takes off blanks around a code.
func trim(s string) string {
	return strings.TrimFunc(s, isBlank)
}
