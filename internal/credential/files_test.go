package credential

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWrongFiles is the matrix of section 8 of the design with files as OpenSSL
// and other programs write them: what a person has on the disk and drops into
// one of the two fields. What is not named is the right file.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	const mac = "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " // "._Inter API_Chave.key", which a Mac adds to a zip
	for _, tt := range []struct {
		name             string
		certificate, key string // names in testdata, or the content where there is no such file
		want             string
		says             string
	}{
		// The zip, whole or as programs send files.
		{"the zip for the certificate", "inter.zip", "", "certificate: zip_not_accepted", "Extraia e envie os arquivos .crt e .key separadamente"},
		{"the zip for the key", "", "inter.zip", "key: zip_not_accepted", "Extraia e envie"},
		{"the zip for both", "inter.zip", "inter.zip", "certificate: zip_not_accepted key: zip_not_accepted", "Extraia e envie"},
		{"the zip as base64", "inter_zip.txt", "", "certificate: not_pem", "não é reconhecido"},
		{"what a Mac adds to a zip", "", mac, "key: not_pem", "não é reconhecido"},

		// Not the text form.
		{"DER for both", "rsa_crt.der", "rsa_key.der", "certificate: not_pem key: not_pem", "certificado em formato binário (DER)"},
		{"DER swapped", "rsa_key.der", "rsa_crt.der", "certificate: not_pem key: not_pem", "chave em formato binário (DER)"},
		{"a PKCS#12 for the certificate", "rsa.pfx", "", "certificate: not_pem", "PKCS#12"},
		{"a PKCS#12 for the key", "", "rsa.pfx", "key: not_pem", "PKCS#12"},
		{"a login page saved as the key", "", "<html lang=\"pt-BR\"><head><title>Internet Banking</title></head></html>", "key: not_pem", "HTML"},
		{"an error of some API", `{"title":"Acesso negado","status":403}`, "", "certificate: not_pem", "não é reconhecido"},
		{"the public half of an OpenSSH key", "", "openssh.pub", "key: not_pem", "não é reconhecido"},
		{"a key of PuTTY", "", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "key: not_pem", "não é reconhecido"},

		// The text form of something else.
		{"the certificate and key swapped", "rsa.key", "rsa.crt", "certificate: certificate_and_key_swapped", "trocados"},
		{"swapped, the key with a password", "rsa_encrypted_pkcs8.key", "rsa.crt", "certificate: certificate_and_key_swapped", "trocados"},
		{"swapped, an EC key", "ec.key", "ec.crt", "certificate: certificate_and_key_swapped", "trocados"},
		{"the request for both", "rsa.csr", "rsa.csr", "certificate: certificate_not_found key: key_not_found", "CSR"},
		{"a PKCS#7", "rsa.p7b", "", "certificate: certificate_not_found", "PKCS#7"},
		{"a certificate for the trust store", "trusted.crt", "", "certificate: certificate_not_found", "outro tipo de dado"},
		{"the public key", "rsa_public.key", "rsa_public.key", "certificate: certificate_not_found key: key_not_found", "chave pública"},

		// Keys that cannot be used.
		{"a password, PKCS#8", "", "rsa_encrypted_pkcs8.key", "key: key_encrypted", "protegida por senha"},
		{"a password, PKCS#1", "", "rsa_encrypted_legacy.key", "key: key_encrypted", "protegida por senha"},
		{"a password, EC", "ec.crt", "ec_encrypted.key", "key: key_encrypted", "protegida por senha"},
		{"OpenSSH", "", "openssh.key", "key: key_unsupported", "não serve"},
		{"DSA", "", "dsa.key", "key: key_unsupported", "não serve"},
		{"a key that only agrees on keys", "", "x25519.key", "key: key_unsupported", "não serve"},
		{"a curve that TLS does not know", "ec_p224.crt", "ec_p224.key", "key: key_unsupported", "não serve"},
		{"RSA of 1024 bits", "weak.crt", "weak.key", "key: key_too_weak", "1024 bits"},
		{"the key of another download", "", "other.key", "key: key_does_not_match", "downloads diferentes"},
		{"an EC certificate and the RSA key", "ec.crt", "rsa.key", "key: key_does_not_match", "downloads diferentes"},

		// Certificates that are not the integration's.
		{"the authority's, out of the webhook's zip", "ca.crt", "", "certificate: certificate_is_ca", "ca.crt"},
		{"one of their own making", "selfsigned.crt", "", "certificate: certificate_is_ca", "autoridade"},
		{"last year's", "expired.crt", "", "certificate: certificate_expired", "venceu em 10/01/2025 às 09:00"},
		{"one that begins later", "future.crt", "", "certificate: certificate_not_yet_valid", "10/01/2060 às 09:00"},
		{"last year's with this year's key", "expired.crt", "other.key", "certificate: certificate_expired key: key_does_not_match", "venceu"},
	} {
		u := upload(t, "rsa")
		if tt.certificate != "" {
			u.Certificate = fileOrText(t, tt.certificate)
		}
		if tt.key != "" {
			u.Key = fileOrText(t, tt.key)
		}
		_, _, err := Check(u, now)
		if diff := cmp.Diff(tt.want, strings.Join(codes(t, err), " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			continue
		}
		if got := err.(Faults)[0].Message; !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q does not say %q", tt.name, got, tt.says)
		}
	}
}

// TestSizes: 16 KB are enough for either file, a byte more is too much.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field string
		grow  func(*Upload) *[]byte
	}{
		{"certificate", func(u *Upload) *[]byte { return &u.Certificate }},
		{"key", func(u *Upload) *[]byte { return &u.Key }},
	} {
		for size, want := range map[int][]string{16 << 10: nil, 16<<10 + 1: {tt.field + ": file_too_large"}} {
			u := upload(t, "rsa")
			file := tt.grow(&u)
			*file = append(*file, strings.Repeat("\n", size-len(*file))...)
			_, _, err := Check(u, now)
			if diff := cmp.Diff(want, codes(t, err)); diff != "" {
				t.Errorf("%s of %d bytes (-want +got):\n%s", tt.field, size, diff)
			}
		}
	}
}

// fileOrText returns a file of testdata, or the text itself: names have no blanks
// and end in what they are.
func fileOrText(t *testing.T, name string) []byte {
	t.Helper()
	for _, end := range []string{".crt", ".key", ".der", ".pfx", ".p7b", ".csr", ".zip", ".txt", ".pub"} {
		if strings.HasSuffix(name, end) && !strings.Contains(name, " ") {
			return read(t, name)
		}
	}
	return []byte(name)
}
