package credential

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"regexp"
	"strings"
)

// isZip goes by the first bytes: a name says nothing. The other two beginnings
// are those of an empty and of a divided archive.
func isZip(data []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "PK\x05\x06", "PK\x07\x08"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return false
}

var bareBase64 = regexp.MustCompile(`^MI[A-Za-z0-9+/=\s]{100,}$`)

// describe says in Portuguese, for the middle of a sentence, what a file without
// a PEM block is.
func describe(data []byte) string {
	text := strings.TrimSpace(plain(data))
	start := strings.ToLower(text[:min(len(text), 1024)])
	switch {
	case text == "":
		return "ele está vazio"
	case bytes.HasPrefix(data, []byte{0x30}):
		return describeDER(data)
	case strings.HasPrefix(start, "%pdf"):
		return "ele é um PDF"
	case strings.HasPrefix(start, "<") && (strings.Contains(start, "<html") || strings.Contains(start, "<!doctype html")):
		return "ele é uma página HTML, talvez uma tela de login ou de erro salva no lugar do arquivo"
	case bytes.HasPrefix(data, []byte("Rar!")), bytes.HasPrefix(data, []byte("7z\xBC\xAF")), bytes.HasPrefix(data, []byte{0x1F, 0x8B}):
		return "ele é um arquivo compactado"
	case bytes.HasPrefix(data, []byte("\x89PNG")), bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return "ele é uma imagem"
	case bareBase64.MatchString(text):
		return "faltam a primeira e a última linha, as que contêm BEGIN e END"
	}
	return "o conteúdo não é reconhecido"
}

// describeDER tells binary files apart by the second element of their ASN.1:
// a certificate begins with a sequence, a PKCS#12 with version 3, a key with 0 or 1.
func describeDER(data []byte) string {
	var outer, inner asn1.RawValue
	if _, err := asn1.Unmarshal(data, &outer); err != nil {
		// PKCS#12 by Java may have an indefinite length, which DER forbids.
		if bytes.HasPrefix(data, []byte{0x30, 0x80, 0x02, 0x01, 0x03}) {
			return "ele é um PKCS#12 (.pfx ou .p12)"
		}
		return "o conteúdo não é reconhecido"
	}
	if _, err := asn1.Unmarshal(outer.Bytes, &inner); err != nil {
		return "o conteúdo não é reconhecido"
	}
	switch {
	case inner.Tag == asn1.TagSequence && isCertificateDER(data):
		return "ele é um certificado em formato binário (DER)"
	case inner.Tag == asn1.TagSequence:
		return "ele é um arquivo binário (DER)"
	case inner.Tag == asn1.TagInteger && bytes.Equal(inner.Bytes, []byte{3}):
		return "ele é um PKCS#12 (.pfx ou .p12)"
	case inner.Tag == asn1.TagInteger:
		return "ele é uma chave em formato binário (DER)"
	case inner.Tag == asn1.TagOID:
		return "ele é um PKCS#7 (.p7b) em formato binário"
	}
	return "o conteúdo não é reconhecido"
}

func isCertificateDER(data []byte) bool {
	_, err := x509.ParseCertificate(data)
	return err == nil
}

// describeBlocks says what the blocks are, where the wanted one is not among them.
func describeBlocks(found []block) string {
	kind := ""
	for _, b := range found {
		switch {
		case b.isCertificate():
			return "um certificado"
		case b.isKey():
			return "uma chave privada"
		case kind == "":
			kind = b.kind
		}
	}
	switch kind {
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return "um pedido de certificado (CSR)"
	case "PUBLIC KEY", "RSA PUBLIC KEY":
		return "uma chave pública"
	case "PKCS7", "CMS":
		return "um PKCS#7 (.p7b)"
	}
	return "outro tipo de dado"
}
