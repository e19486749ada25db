// Package failure is the one table of what can go wrong between an account and
// the bank, and what follows from it: does the queue try again or does the
// account wait for a person, and which sentence does that person read.
package failure

import "extrato/internal/statement"

// Row says what follows from a failure.
type Row struct {
	Code     statement.Code
	Park     bool   // out of the schedule until a person renews; else tried again
	Message  string // pt-BR: what happened
	NextStep string // pt-BR: what to do now
}

// table is ordered as people read it: first what they must do something about.
var table = []Row{
	{statement.CertificateExpired, true,
		"O certificado da integração venceu e o banco não aceita mais a conexão.",
		"Gere um novo certificado no Internet Banking do Inter (Soluções para sua empresa > Gestão de integrações), baixe os arquivos e atualize a integração desta conta."},
	{statement.CertificateRejected, true,
		"O banco recusou o certificado da integração.",
		"Confira no Internet Banking do Inter se a integração está ativa, baixe novamente o certificado (.crt) e a chave (.key) e atualize a integração desta conta."},
	{statement.CredentialsRejected, true,
		"O banco recusou o ClientID e o ClientSecret, ou eles não pertencem à integração do certificado enviado.",
		"Copie o ClientID e o ClientSecret dos detalhes da mesma integração de onde baixou o certificado e envie-os novamente."},
	{statement.PermissionMissing, true,
		"A integração não tem a permissão \"Consultar extrato e saldo\".",
		"No Internet Banking do Inter, abra a integração, marque a permissão \"Consultar extrato e saldo\" e habilite a conta novamente."},
	{statement.DifferentAccount, true,
		"As credenciais são de outra conta do Banco Inter.",
		"Envie o certificado, a chave, o ClientID e o ClientSecret da integração criada para esta mesma conta."},
	{statement.BankAccountRequired, true,
		"A integração dá acesso a mais de uma conta corrente e não sabemos qual delas importar.",
		"Informe o número da conta corrente, com o dígito e sem zeros à esquerda, e habilite a conta novamente."},
	{statement.CredentialsMissing, true,
		"As credenciais desta conta não estão mais guardadas.",
		"Envie novamente o certificado, a chave, o ClientID e o ClientSecret desta conta."},
	{statement.BankUnavailable, false,
		"O Banco Inter está fora do ar ou não respondeu a tempo.",
		"Não é preciso fazer nada: tentaremos novamente de forma automática."},
	{statement.BankRateLimited, false,
		"O Banco Inter pediu para aguardar antes de novas consultas.",
		"Não é preciso fazer nada: tentaremos novamente de forma automática."},
	{statement.IncompleteAnswer, false,
		"O Banco Inter respondeu com um extrato incompleto e nada foi gravado a partir dele.",
		"Não é preciso fazer nada: tentaremos novamente de forma automática."},
	{statement.Undecided, false,
		"O extrato do Banco Inter deixou de mostrar lançamentos já importados, e o saldo ainda não diz se foram cancelados. Nada foi apagado.",
		"Não é preciso fazer nada: tentaremos novamente de forma automática."},
	{statement.Conflict, false,
		"Outra sincronização desta conta estava em andamento.",
		"Não é preciso fazer nada: tentaremos novamente de forma automática."},
}

// Of returns the row of a code. A code outside the table gives a row that
// tries again, since parking needs a known reason.
func Of(code statement.Code) Row {
	for _, r := range table {
		if r.Code == code {
			return r
		}
	}
	return Row{
		Code:     code,
		Message:  "A última sincronização não foi concluída.",
		NextStep: "Não é preciso fazer nada: tentaremos novamente de forma automática.",
	}
}

// Table returns every row, for documents and tests.
func Table() []Row { return append([]Row(nil), table...) }
