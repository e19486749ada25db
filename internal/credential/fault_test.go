package credential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestFaults is the matrix of wrong uploads: what a person sends instead, and the
// field and code that answer.
func TestFaults(t *testing.T) {
	t.Parallel()
	file := func(name string) []byte { return read(t, name) }
	zip := []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00 Inter API_Certificado.crt")
	for _, tt := range []struct {
		name string
		edit func(*Upload)
		want []string
		says string // a part of the first message
	}{
		{"nothing", func(u *Upload) { *u = Upload{} },
			[]string{"certificate: required", "key: required", "client_id: required", "client_secret: required"}, "Falta o certificado"},
		{"empty files", func(u *Upload) { u.Certificate, u.Key = []byte{}, []byte{} },
			[]string{"certificate: required", "key: required"}, "vazio"},
		{"blank codes", func(u *Upload) { u.ClientID, u.ClientSecret = " \n", "\t" },
			[]string{"client_id: required", "client_secret: required"}, "ClientID"},
		{"the zip", func(u *Upload) { u.Certificate = zip }, []string{"certificate: zip_not_accepted"},
			"Não é possível importar o arquivo compactado Inter_API-Chave_e_Certificado.zip. Extraia e envie os arquivos .crt e .key separadamente."},
		{"the zip in both fields", func(u *Upload) { u.Certificate, u.Key = zip, zip },
			[]string{"certificate: zip_not_accepted", "key: zip_not_accepted"}, "compactado"},
		{"a zip of 1 MB", func(u *Upload) { u.Key = append(bytes.Clone(zip), make([]byte, 1<<20)...) },
			[]string{"key: zip_not_accepted"}, "compactado"},
		{"zip and no client id", func(u *Upload) { u.Certificate, u.ClientID = zip, "" },
			[]string{"certificate: zip_not_accepted", "client_id: required"}, "compactado"},
		{"16 KB and a byte", func(u *Upload) {
			u.Certificate = append(file("rsa.crt"), bytes.Repeat([]byte{'\n'}, 16<<10+1-len(file("rsa.crt")))...)
		},
			[]string{"certificate: file_too_large"}, "16 KB"},
		{"16 KB", func(u *Upload) {
			u.Certificate = append(file("rsa.crt"), bytes.Repeat([]byte{'\n'}, 16<<10-len(file("rsa.crt")))...)
		}, nil, ""},

		{"blank file", func(u *Upload) { u.Key = []byte("\uFEFF \r\n") }, []string{"key: not_pem"}, "está vazio"},
		{"DER certificate", func(u *Upload) { u.Certificate = file("rsa_crt.der") }, []string{"certificate: not_pem"}, "certificado em formato binário (DER)"},
		{"DER key", func(u *Upload) { u.Key = file("rsa_key.der") }, []string{"key: not_pem"}, "chave em formato binário (DER)"},
		{"PKCS#12", func(u *Upload) { u.Certificate, u.Key = file("rsa.pfx"), file("rsa.pfx") },
			[]string{"certificate: not_pem", "key: not_pem"}, "PKCS#12"},
		{"PKCS#7, binary", func(u *Upload) { u.Certificate = file("rsa_p7b.der") }, []string{"certificate: not_pem"}, "PKCS#7"},
		{"HTML", func(u *Upload) { u.Certificate = []byte("<!DOCTYPE html><html><body>Entrar</body></html>") }, []string{"certificate: not_pem"}, "HTML"},
		{"PDF", func(u *Upload) { u.Certificate = []byte("%PDF-1.7\n%âãÏÓ") }, []string{"certificate: not_pem"}, "PDF"},
		{"RAR", func(u *Upload) { u.Certificate = []byte("Rar!\x1a\x07\x01\x00") }, []string{"certificate: not_pem"}, "compactado"},
		{"a photograph", func(u *Upload) { u.Key = []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF") }, []string{"key: not_pem"}, "imagem"},
		{"without the first and last line", func(u *Upload) {
			lines := strings.Split(strings.TrimSpace(string(u.Certificate)), "\n")
			u.Certificate = []byte(strings.Join(lines[1:len(lines)-1], "\n"))
		}, []string{"certificate: not_pem"}, "BEGIN e END"},
		{"something else", func(u *Upload) { u.Key = []byte("minha chave") }, []string{"key: not_pem"}, "não é reconhecido"},
		{"cut off", func(u *Upload) { u.Key = u.Key[:len(u.Key)/2] }, []string{"key: pem_incomplete"}, "cortado"},
		{"cut off in the first line", func(u *Upload) { u.Certificate = []byte("-----BEGIN CERT") }, []string{"certificate: pem_incomplete"}, "cortado"},

		{"swapped", func(u *Upload) { u.Certificate, u.Key = u.Key, u.Certificate }, []string{"certificate: certificate_and_key_swapped"}, "trocados"},
		{"swapped and no secret", func(u *Upload) { u.Certificate, u.Key, u.ClientSecret = u.Key, u.Certificate, "" },
			[]string{"certificate: certificate_and_key_swapped", "client_secret: required"}, "trocados"},
		{"certificate twice", func(u *Upload) { u.Key = u.Certificate }, []string{"key: key_not_found"}, "um certificado"},
		{"key twice", func(u *Upload) { u.Certificate = u.Key }, []string{"certificate: certificate_not_found"}, "uma chave privada"},
		{"request", func(u *Upload) { u.Certificate = file("rsa.csr") }, []string{"certificate: certificate_not_found"}, "CSR"},
		{"PKCS#7", func(u *Upload) { u.Certificate = file("rsa.p7b") }, []string{"certificate: certificate_not_found"}, "PKCS#7"},
		{"public key", func(u *Upload) { u.Key = file("rsa_public.key") }, []string{"key: key_not_found"}, "chave pública"},

		{"encrypted PKCS#8", func(u *Upload) { u.Key = file("rsa_encrypted_pkcs8.key") }, []string{"key: key_encrypted"}, "protegida por senha"},
		{"encrypted the old way", func(u *Upload) { u.Key = file("rsa_encrypted_legacy.key") }, []string{"key: key_encrypted"}, "protegida por senha"},
		{"encrypted, line breaks lost", func(u *Upload) { u.Key = bytes.ReplaceAll(file("rsa_encrypted_legacy.key"), []byte("\n"), []byte(" ")) },
			[]string{"key: key_encrypted"}, "protegida por senha"},
		{"two keys", func(u *Upload) { u.Key = append(file("other.key"), u.Key...) }, []string{"key: several_keys"}, "mais de uma"},
		{"another key", func(u *Upload) { u.Key = file("other.key") }, []string{"key: key_does_not_match"}, "não é a deste certificado"},
		{"a key of another kind", func(u *Upload) { u.Key = file("ec.key") }, []string{"key: key_does_not_match"}, "não é a deste certificado"},
		{"RSA 1024", func(u *Upload) { u.Certificate, u.Key = file("weak.crt"), file("weak.key") }, []string{"key: key_too_weak"}, "1024 bits"},
		{"RSA 1024 of another", func(u *Upload) { u.Key = file("weak.key") }, []string{"key: key_too_weak", "key: key_does_not_match"}, "1024 bits"},
		{"a curve unknown to TLS", func(u *Upload) { u.Certificate, u.Key = file("ec_p224.crt"), file("ec_p224.key") }, []string{"key: key_unsupported"}, "não serve"},
		{"a key that cannot sign", func(u *Upload) { u.Key = file("x25519.key") }, []string{"key: key_unsupported"}, "não serve"},
		{"OpenSSH", func(u *Upload) {
			u.Key = []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n")
		}, []string{"key: key_unsupported"}, "não serve"},
		{"EC with parameters spelt out", func(u *Upload) { u.Key = file("ec_explicit.key") }, []string{"key: key_unreadable"}, "danificado"},
		{"damaged key", func(u *Upload) { u.Key = bytes.Replace(u.Key, []byte("\n"), []byte("\n????"), 2) }, []string{"key: key_unreadable"}, "danificado"},
		{"damaged certificate", func(u *Upload) { u.Certificate = bytes.Replace(u.Certificate, []byte("MII"), []byte("MIJ"), 1) },
			[]string{"certificate: certificate_unreadable"}, "danificado"},
		{"an authority's", func(u *Upload) { u.Certificate = file("ca.crt") }, []string{"certificate: certificate_is_ca"}, "autoridade"},

		{"client id, no UUID", func(u *Upload) { u.ClientID = "meu-app" }, []string{"client_id: client_id_not_uuid"}, "36 caracteres"},
		{"client id cut", func(u *Upload) { u.ClientID = clientID[:35] }, []string{"client_id: client_id_not_uuid"}, "por inteiro"},
		{"client id of another", func(u *Upload) { u.ClientID = otherID }, []string{"client_id: client_id_of_another_integration"}, "integrações diferentes"},
		{"secret too long", func(u *Upload) { u.ClientSecret = strings.Repeat("x", 257) }, []string{"client_secret: client_secret_too_long"}, "256"},
		{"secret of 256", func(u *Upload) { u.ClientSecret = strings.Repeat("x", 256) }, nil, ""},
		{"secret as dots", func(u *Upload) { u.ClientSecret = strings.Repeat("•", 36) }, []string{"client_secret: client_secret_malformed"}, "oculto"},
		{"secret as asterisks", func(u *Upload) { u.ClientSecret = strings.Repeat("*", 36) }, []string{"client_secret: client_secret_malformed"}, "oculto"},
		{"secret with a line break", func(u *Upload) { u.ClientSecret = "abc\ndef" }, []string{"client_secret: client_secret_malformed"}, "quebras de linha"},
		{"client id twice", func(u *Upload) { u.ClientSecret = u.ClientID }, []string{"client_secret: client_secret_is_client_id"}, "diferentes"},
		{"all at once", func(u *Upload) { *u = Upload{Certificate: zip, Key: file("rsa_encrypted_pkcs8.key"), ClientID: "x"} },
			[]string{"certificate: zip_not_accepted", "key: key_encrypted", "client_id: client_id_not_uuid", "client_secret: required"}, "compactado"},
	} {
		u := upload(t, "rsa")
		tt.edit(&u)
		credential, facts, err := Check(u, now)
		if diff := cmp.Diff(tt.want, codes(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			continue
		}
		if err == nil {
			continue
		}
		if got := err.(Faults)[0].Message; !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q does not say %q", tt.name, got, tt.says)
		}
		if credential.ClientID != "" || !credential.Key.Empty() || facts.Fingerprint != "" {
			t.Errorf("%s: a refused upload came back", tt.name)
		}
	}
}

// TestValidity: both ends of the validity belong to it.
func TestValidity(t *testing.T) {
	t.Parallel()
	facts, err := Facts(string(read(t, "rsa.crt")))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Time][]string{
		facts.NotBefore.Add(-time.Second): {"certificate: certificate_not_yet_valid"},
		facts.NotBefore:                   nil,
		facts.NotAfter:                    nil,
		facts.NotAfter.Add(time.Second):   {"certificate: certificate_expired"},
	} {
		_, _, err := Check(upload(t, "rsa"), at)
		if diff := cmp.Diff(want, codes(t, err)); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", at, diff)
		}
	}
	_, _, err = Check(upload(t, "rsa"), facts.NotAfter.AddDate(1, 0, 0))
	// 20 years after the day it was made; the date is told as people write it.
	if want := facts.NotAfter.Add(-3 * time.Hour).Format("02/01/2006"); err == nil || !strings.Contains(err.(Faults)[0].Message, want) {
		t.Errorf("%v does not say the date %s", codes(t, err), want)
	}
}

func TestErrorNamesFieldsAndCodesOnly(t *testing.T) {
	t.Parallel()
	err := Faults{required(FieldKey), notUUID()}
	if got, want := err.Error(), "upload refused: key: required; client_id: client_id_not_uuid"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// TestNothingOfAnUploadIsRepeated puts marks into every field, in places where
// each check looks, and looks for them in all that comes out.
func TestNothingOfAnUploadIsRepeated(t *testing.T) {
	t.Parallel()
	const mark = "MARKED"
	armour := func(kind, body string) []byte {
		return []byte("-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n")
	}
	files := [][]byte{
		[]byte(mark), []byte("<html>" + mark), []byte("%PDF" + mark), []byte("PK\x03\x04" + mark), []byte("0\x82\x01\x02" + mark),
		armour("PRIVATE KEY", mark), armour("CERTIFICATE", mark), armour(mark, mark), armour("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\n"+mark),
		armour("CERTIFICATE REQUEST", mark), []byte("-----BEGIN " + mark), bytes.Repeat([]byte(mark), 9000),
		append(read(t, "rsa.key"), mark...), append(read(t, "rsa.crt"), mark...),
	}
	for _, certificate := range files {
		for _, key := range files {
			u := Upload{Certificate: certificate, Key: key, ClientID: mark, ClientSecret: mark + "\n" + mark}
			_, _, err := Check(u, now)
			if err == nil {
				t.Fatal("a marked upload passes")
			}
			out := fmt.Sprintf("%s %v %+v %#v", err, err, err, err)
			if text, jsonErr := json.Marshal(err); jsonErr == nil {
				out += string(text)
			}
			if strings.Contains(out, mark) {
				t.Fatalf("the fault repeats what was sent: %s", err)
			}
		}
	}
}

func TestUploadPrintsRedacted(t *testing.T) {
	t.Parallel()
	u := Upload{Certificate: []byte("MARKED"), Key: []byte("MARKED"), ClientID: "MARKED", ClientSecret: "MARKED"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "upload", u, "pointer", &u)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "upload", u, "in", []Upload{u})
	text, err := json.Marshal(map[string]any{"value": u, "pointer": &u})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		out += fmt.Sprintf(verb, u) + fmt.Sprintf(verb, &u) + fmt.Sprintf(verb, struct{ U Upload }{u})
	}
	for _, shape := range []string{"MARKED", "4d41524b4544", "4D41524B4544", "77 65 82", "TUFSS0VE"} { // plain, hex, bytes, base64
		if strings.Contains(out, shape) {
			t.Errorf("the upload shows itself as %s", shape)
		}
	}
	if !strings.Contains(out, "[redacted]") {
		t.Error("nothing says [redacted]")
	}
}
