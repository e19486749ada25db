package credential

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
)

// block is one PEM block of a file: what stands after BEGIN, and the bytes.
type block struct {
	kind      string // "CERTIFICATE", "RSA PRIVATE KEY"
	der       []byte // nil where the text between the lines is not base64
	encrypted bool   // a key that needs a password, in either of the two ways
}

func (b block) isCertificate() bool {
	return b.kind == "CERTIFICATE" || b.kind == "X509 CERTIFICATE"
}
func (b block) isKey() bool { return strings.HasSuffix(b.kind, "PRIVATE KEY") }

const (
	beginMark = "-----BEGIN "
	endMark   = "-----END "
	dashes    = "-----"
)

// blocks reads every PEM block of a text, wherever it stands and whatever
// happened to its line breaks; encoding/pem wants them whole. cut says that the
// last block has no end.
func blocks(text string) (found []block, cut bool) {
	for {
		_, rest, ok := strings.Cut(text, beginMark)
		if !ok {
			return found, false
		}
		kind, rest, ok := strings.Cut(rest, dashes)
		if !ok {
			return found, true
		}
		body, after, ok := strings.Cut(rest, endMark+kind+dashes)
		if !ok || strings.Contains(body, beginMark) {
			return found, true
		}
		found = append(found, decode(kind, body))
		text = after
	}
}

func decode(kind, body string) block {
	b := block{kind: kind, encrypted: kind == "ENCRYPTED PRIVATE KEY"}
	if strings.Contains(body, "Proc-Type:") || strings.Contains(body, "DEK-Info:") {
		// The one use of PEM headers that is left: OpenSSL's old encryption.
		b.encrypted = true
		return b
	}
	// A key kept in a variable or a JSON file by hand has its line breaks as \n.
	body = strings.NewReplacer(`\r`, "", `\n`, "").Replace(body)
	body = strings.Map(func(r rune) rune {
		if isBlank(r) {
			return -1
		}
		return r
	}, body)
	der, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(body, "="))
	if err == nil && len(der) > 0 {
		b.der = der
	}
	return b
}

// isBlank counts the invisible characters that copying from a web page brings
// along, such as the zero-width space, as blanks.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// plain returns the text of a file without a byte order mark, from UTF-16 where
// the mark says so: Notepad's "Unicode".
func plain(data []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		return string(bytes.TrimPrefix(data, []byte("\uFEFF")))
	}
	units := make([]uint16, 0, len(data)/2)
	for data = data[2:]; len(data) >= 2; data = data[2:] {
		units = append(units, order.Uint16(data))
	}
	return string(utf16.Decode(units))
}
