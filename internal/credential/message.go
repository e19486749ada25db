package credential

import (
	"fmt"
	"time"

	"extrato/internal/statement"
)

const (
	zipName = "Inter_API-Chave_e_Certificado.zip"
	again   = "Baixe de novo a chave e o certificado no Internet Banking do Inter (Gestão de integrações > Baixar chave e certificado)."
)

// file says a file field as people know it; extract says where the right one is.
func file(field string) string {
	if field == FieldKey {
		return "O arquivo da chave (.key)"
	}
	return "O arquivo do certificado (.crt)"
}

func extract(field string) string {
	extension := ".crt"
	if field == FieldKey {
		extension = ".key"
	}
	return "Envie o arquivo " + extension + " como ele veio dentro do " + zipName + ", baixado no Internet Banking do Inter."
}

func required(field string) Fault {
	message := map[string]string{
		FieldCertificate:  "Falta o certificado, ou o arquivo enviado está vazio. " + extract(FieldCertificate),
		FieldKey:          "Falta a chave, ou o arquivo enviado está vazio. " + extract(FieldKey),
		FieldClientID:     "Falta o ClientID. Copie-o dos detalhes da aplicação que você criou no Internet Banking do Inter.",
		FieldClientSecret: "Falta o ClientSecret. Copie-o dos detalhes da aplicação que você criou no Internet Banking do Inter.",
	}[field]
	return Fault{Required, field, message}
}

func tooLarge(field string) Fault {
	return Fault{FileTooLarge, field, fmt.Sprintf("%s tem mais de %d KB; o que o Inter entrega é bem menor, então este deve ser outro arquivo. %s",
		file(field), maxFile>>10, extract(field))}
}

func zipped(field string) Fault {
	return Fault{ZipNotAccepted, field, "Não é possível importar o arquivo compactado " + zipName +
		". Extraia e envie os arquivos .crt e .key separadamente."}
}

func notPEM(field, found string) Fault {
	return Fault{NotPEM, field, fmt.Sprintf("%s não está no formato de texto PEM: %s. %s", file(field), found, extract(field))}
}

func incomplete(field string) Fault {
	return Fault{PEMIncomplete, field, file(field) + " está cortado: falta o final. Envie o arquivo inteiro, ou copie o texto da primeira à última linha."}
}

func unreadable(field string) Fault {
	code := CertificateUnreadable
	if field == FieldKey {
		code = KeyUnreadable
	}
	return Fault{code, field, file(field) + " está danificado e não pôde ser lido. " + again}
}

func notFound(field, found string) Fault {
	if field == FieldKey {
		return Fault{KeyNotFound, field, fmt.Sprintf("%s não contém uma chave privada, e sim %s. %s", file(field), found, extract(field))}
	}
	return Fault{CertificateNotFound, field, fmt.Sprintf("%s não contém um certificado, e sim %s. %s", file(field), found, extract(field))}
}

func swapped() Fault {
	return Fault{Swapped, FieldCertificate, "O certificado e a chave estão trocados. Envie o arquivo .crt no campo do certificado e o .key no campo da chave."}
}

func expired(at time.Time) Fault {
	return Fault{CertificateExpired, FieldCertificate, "O certificado venceu em " + moment(at) +
		". Gere um novo certificado no Internet Banking do Inter e envie os novos arquivos .crt e .key."}
}

func notYet(at time.Time) Fault {
	return Fault{CertificateNotYet, FieldCertificate, "O certificado só passa a valer em " + moment(at) +
		". Envie-o de novo a partir dessa data, ou use um certificado que já seja válido."}
}

// moment is the date and time in São Paulo as people write them.
func moment(at time.Time) string { return at.In(statement.SaoPaulo).Format("02/01/2006 às 15:04") }

func authority() Fault {
	return Fault{CertificateIsCA, FieldCertificate, "Este é o certificado de uma autoridade certificadora (ca.crt), não o da sua integração. " +
		extract(FieldCertificate)}
}

func encrypted() Fault {
	return Fault{KeyEncrypted, FieldKey, "A chave está protegida por senha e não pode ser usada na busca automática. " +
		"O arquivo que o Inter entrega não tem senha. " + extract(FieldKey)}
}

func unsupported() Fault {
	return Fault{KeyUnsupported, FieldKey, "A chave é de um tipo que não serve para a conexão com o Inter. " + extract(FieldKey)}
}

func tooWeak(bits int) Fault {
	return Fault{KeyTooWeak, FieldKey, fmt.Sprintf("A chave RSA tem %d bits; o mínimo seguro são %d. Gere um novo certificado no Internet Banking do Inter.",
		bits, minRSA)}
}

func severalKeys() Fault {
	return Fault{SeveralKeys, FieldKey, "O arquivo da chave (.key) contém mais de uma chave privada, e não há como saber qual usar. " + extract(FieldKey)}
}

func mismatch() Fault {
	return Fault{KeyMismatch, FieldKey, "Esta chave não é a deste certificado: os dois arquivos vêm de downloads diferentes. " +
		"Envie o .crt e o .key do mesmo " + zipName + "."}
}

func notUUID() Fault {
	return Fault{ClientIDNotUUID, FieldClientID, "O ClientID não tem a forma esperada (36 caracteres, como 01234567-89ab-cdef-0123-456789abcdef). " +
		"Copie-o por inteiro dos detalhes da aplicação no Internet Banking do Inter."}
}

func otherIntegration() Fault {
	return Fault{ClientIDOther, FieldClientID, "O ClientID e o certificado são de integrações diferentes. " +
		"Copie o ClientID da mesma aplicação em que você baixou o certificado."}
}

func secretTooLong() Fault {
	return Fault{SecretTooLong, FieldClientSecret, fmt.Sprintf("O ClientSecret tem mais de %d caracteres. "+
		"Copie somente o código mostrado nos detalhes da aplicação no Internet Banking do Inter.", maxSecret)}
}

func secretMalformed() Fault {
	return Fault{SecretMalformed, FieldClientSecret, "O ClientSecret contém caracteres que não fazem parte dele, como quebras de linha ou os pontos de um campo oculto. " +
		"Mostre o código nos detalhes da aplicação no Internet Banking do Inter e copie-o por inteiro."}
}

func secretIsClientID() Fault {
	return Fault{SecretIsClientID, FieldClientSecret, "O ClientSecret informado é igual ao ClientID. São dois códigos diferentes: copie o ClientSecret dos detalhes da aplicação."}
}
