package credential

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"regexp"
	"strings"

	"extrato/internal/cnpj"
	"extrato/internal/statement"
)

// ErrCertificate says that a text holds no certificate that can be read.
var ErrCertificate = errors.New("no readable certificate")

// maxSubject bounds what of a certificate's subject is kept on the account.
const maxSubject = 512

// Facts returns what an account shows of the first certificate of a PEM text,
// the leaf in what Check returns. WarnedDays is 0. The error is ErrCertificate.
func Facts(text string) (statement.Certificate, error) {
	leaf, err := first(text)
	if err != nil {
		return statement.Certificate{}, err
	}
	return factsOf(leaf), nil
}

// CNPJOf returns the CNPJ that the first certificate's subject carries in any of
// its attributes, "COMPANY LTDA:00000000000191" included. ok is false where there is
// none, several, or no certificate.
func CNPJOf(text string) (number cnpj.CNPJ, ok bool) {
	leaf, err := first(text)
	if err != nil {
		return "", false
	}
	for _, attribute := range leaf.Subject.Names {
		value, _ := attribute.Value.(string)
		for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" :,;=()", r) }) {
			c, err := cnpj.Parse(word)
			switch {
			case err != nil:
			case ok && c != number:
				return "", false
			default:
				number, ok = c, true
			}
		}
	}
	return number, ok
}

func first(text string) (*x509.Certificate, error) {
	found, _ := blocks(text)
	for _, b := range found {
		if b.isCertificate() {
			if leaf, err := x509.ParseCertificate(b.der); err == nil {
				return leaf, nil
			}
			return nil, ErrCertificate
		}
	}
	return nil, ErrCertificate
}

func factsOf(leaf *x509.Certificate) statement.Certificate {
	sum := sha256.Sum256(leaf.Raw)
	subject := leaf.Subject.String()
	return statement.Certificate{
		Fingerprint: hex.EncodeToString(sum[:]),
		Subject:     strings.ToValidUTF8(subject[:min(len(subject), maxSubject)], ""),
		NotBefore:   leaf.NotBefore.UTC(),
		NotAfter:    leaf.NotAfter.UTC(),
	}
}

// parseCertificates reads every certificate among the blocks, in their order.
func parseCertificates(found []block) ([]*x509.Certificate, bool) {
	var list []*x509.Certificate
	for _, b := range found {
		if !b.isCertificate() {
			continue
		}
		c, err := x509.ParseCertificate(b.der)
		if err != nil {
			return nil, false
		}
		list = append(list, c)
	}
	return list, true
}

// leafFirst moves the integration's own certificate to the front, as TLS wants
// it: the one of the key, else the first that is no authority's.
func leafFirst(list []*x509.Certificate, key publicKey) []*x509.Certificate {
	at := -1
	for i, c := range list {
		if key != nil && key.Equal(c.PublicKey) {
			at = i
			break
		}
		if at < 0 && !c.IsCA {
			at = i
		}
	}
	if at <= 0 {
		return list
	}
	sorted := []*x509.Certificate{list[at]}
	sorted = append(sorted, list[:at]...)
	return append(sorted, list[at+1:]...)
}

// encode writes certificates as PEM without anything around or between them.
func encode(list []*x509.Certificate) string {
	var out strings.Builder
	for _, c := range list {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.String()
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// integrations returns the integration ids that a certificate names: Inter puts
// the client_id into the subject's OU. Other units are ignored.
func integrations(leaf *x509.Certificate) []string {
	var ids []string
	for _, unit := range leaf.Subject.OrganizationalUnit {
		if unit = strings.TrimSpace(unit); uuid.MatchString(unit) {
			ids = append(ids, unit)
		}
	}
	return ids
}
