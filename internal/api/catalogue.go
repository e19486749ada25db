package api

import (
	"net/http"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

// code names a problem.
type code string

// The codes that the API itself gives. Those of a refused credential come from
// packages credential and statement.
const (
	codeJSONInvalid        code = "json_invalid"
	codeBodyRequired       code = "body_required"
	codeUnauthenticated    code = "unauthenticated"
	codeTenantInvalid      code = "tenant_invalid"
	codeScopeMissing       code = "scope_missing"
	codeRouteNotFound      code = "route_not_found"
	codeAccountNotFound    code = "account_not_found"
	codeEntryNotFound      code = "entry_not_found"
	codeMethodNotAllowed   code = "method_not_allowed"
	codeNotAcceptable      code = "not_acceptable"
	codeExternalIDTaken    code = "external_id_taken"
	codeBankAccountTaken   code = "bank_account_already_integrated"
	codeAccountNotActive   code = "account_not_active"
	codeConflict           code = code(statement.Conflict)
	codeCursorReset        code = "cursor_reset"
	codeBodyTooLarge       code = "body_too_large"
	codeContentType        code = "content_type_not_supported"
	codeValidation         code = "validation_failed"
	codePersonType         code = "person_type_not_supported"
	codeBank               code = "bank_not_supported"
	codeCNPJ               code = "cnpj_invalid"
	codePeriod             code = "period_invalid"
	codePeriodTooLong      code = "period_too_long"
	codePeriodOutOfReach   code = "period_out_of_reach"
	codeCursor             code = "cursor_invalid"
	codeCredentialInvalid  code = "credential_invalid"
	codeFormInvalid        code = "form_invalid"
	codeNotEnabled         code = "integration_not_enabled"
	codeDefault            code = "default_cannot_be_unset"
	codeKeyInvalid         code = "idempotency_key_invalid"
	codeKeyReused          code = "idempotency_key_reused"
	codeInProgress         code = "idempotency_in_progress"
	codeInternal           code = "internal_error"
	codeQueueUnavailable   code = "queue_unavailable"
	titleCredentialRefused      = "Credenciais recusadas"
)

// catalogueEntry is how a code is told.
type catalogueEntry struct {
	status        int
	title, detail string
}

// entryOf is the table of the API's problems. A refusal of the bank is told in
// the words of package failure.
func entryOf(c code) catalogueEntry {
	switch c {
	case codeJSONInvalid:
		return catalogueEntry{http.StatusBadRequest, "JSON inválido", "O corpo da requisição não é um JSON válido."}
	case codeBodyRequired:
		return catalogueEntry{http.StatusBadRequest, "Corpo ausente", "Esta operação precisa de um corpo na requisição."}
	case codeUnauthenticated:
		return catalogueEntry{http.StatusUnauthorized, "Não autenticado", "Envie um token válido no cabeçalho Authorization."}
	case codeTenantInvalid:
		return catalogueEntry{http.StatusForbidden, "Cliente não identificado", "O token não identifica um cliente válido."}
	case codeScopeMissing:
		return catalogueEntry{http.StatusForbidden, "Acesso não permitido", "O token não tem a permissão que esta operação exige."}
	case codeRouteNotFound:
		return catalogueEntry{http.StatusNotFound, "Endereço não encontrado", "Não existe nada neste endereço. Confira o caminho da requisição."}
	case codeAccountNotFound:
		return catalogueEntry{http.StatusNotFound, "Conta não encontrada", "Não existe uma conta com este identificador."}
	case codeEntryNotFound:
		return catalogueEntry{http.StatusNotFound, "Lançamento não encontrado", "Não existe um lançamento com este identificador nesta conta."}
	case codeMethodNotAllowed:
		return catalogueEntry{http.StatusMethodNotAllowed, "Método não permitido", "Este endereço não aceita este método. Os aceitos estão no cabeçalho Allow."}
	case codeNotAcceptable:
		return catalogueEntry{http.StatusNotAcceptable, "Formato não disponível", "A resposta é sempre JSON. Aceite application/json no cabeçalho Accept."}
	case codeExternalIDTaken:
		return catalogueEntry{http.StatusConflict, "Identificador externo em uso", "Outra conta já usa este external_id. Use outro, ou continue com a conta que já existe."}
	case codeBankAccountTaken:
		return catalogueEntry{http.StatusConflict, "Conta bancária já integrada", "Esta conta bancária já está integrada em outra conta."}
	case codeAccountNotActive:
		return catalogueEntry{http.StatusConflict, "Conta sem integração ativa", sayDisabled + " " + howToEnable}
	case codeConflict:
		return catalogueEntry{http.StatusConflict, "Alteração simultânea", "A conta mudou durante a operação. Tente novamente."}
	case codeCursorReset:
		return catalogueEntry{http.StatusGone, "Cursor reiniciado", "Os dados desta conta foram restaurados e a sequência de mudanças recomeçou. Comece novamente sem cursor e substitua o que você guardou."}
	case codeBodyTooLarge:
		return catalogueEntry{http.StatusRequestEntityTooLarge, "Requisição grande demais", "O corpo pode ter no máximo 64 KB. Um certificado e uma chave em PEM ocupam poucos KB: confira se enviou os arquivos certos."}
	case codeContentType:
		return catalogueEntry{http.StatusUnsupportedMediaType, "Tipo de conteúdo não aceito", "Envie o corpo em JSON, com o cabeçalho Content-Type: application/json."}
	case codeValidation:
		return catalogueEntry{http.StatusUnprocessableEntity, "Dados inválidos", "Corrija os campos indicados e envie novamente."}
	case codePersonType:
		return catalogueEntry{http.StatusUnprocessableEntity, "Tipo de pessoa não aceito", "A integração é exclusiva para contas de Pessoa Jurídica (PJ): pessoa física (PF) e MEI não têm acesso a ela no Banco Inter. Envie person_type \"PJ\"."}
	case codeBank:
		return catalogueEntry{http.StatusUnprocessableEntity, "Banco não aceito", "A integração existe apenas para o Banco Inter. Envie bank \"inter\"."}
	case codeCNPJ:
		return catalogueEntry{http.StatusUnprocessableEntity, "CNPJ inválido", "O CNPJ não confere. Verifique os 14 caracteres e os dígitos verificadores."}
	case codePeriod:
		return catalogueEntry{http.StatusUnprocessableEntity, "Período inválido", "A data inicial (from) é posterior à data final (to)."}
	case codePeriodTooLong:
		return catalogueEntry{http.StatusUnprocessableEntity, "Período longo demais", "O período pode ter no máximo 370 dias. Divida-o em partes."}
	case codePeriodOutOfReach:
		return catalogueEntry{http.StatusUnprocessableEntity, "Período fora do alcance", "O período deve ficar entre 01/01/2015 e ontem: o extrato do dia de hoje só pode ser buscado amanhã."}
	case codeCursor:
		return catalogueEntry{http.StatusUnprocessableEntity, "Cursor inválido", "O cursor não é desta lista ou os filtros mudaram. Comece novamente da primeira página, sem cursor."}
	case codeCredentialInvalid:
		return catalogueEntry{http.StatusUnprocessableEntity, "Arquivos ou códigos inválidos", "Corrija os campos indicados e envie novamente."}
	case codeQueueUnavailable:
		return catalogueEntry{http.StatusServiceUnavailable, "Sincronização não solicitada", "Não foi possível solicitar a sincronização agora. Tente novamente em alguns minutos."}
	case codeFormInvalid:
		return catalogueEntry{http.StatusBadRequest, "Formulário inválido", "O corpo da requisição não é um formulário multipart/form-data completo. Envie-o de novo, com o limite (boundary) que está no cabeçalho Content-Type."}
	case codeNotEnabled:
		return catalogueEntry{http.StatusConflict, "Integração não habilitada", sayDisabled + " Não há certificado para renovar: habilite a integração com o certificado, a chave, o ClientID e o ClientSecret."}
	case codeDefault:
		return catalogueEntry{http.StatusUnprocessableEntity, "Conta Padrão", "Sempre há uma Conta Padrão, e ela não pode ser desmarcada. Para trocá-la, marque outra conta como padrão."}
	case codeKeyInvalid:
		return catalogueEntry{http.StatusUnprocessableEntity, "Chave de idempotência inválida", "O cabeçalho Idempotency-Key deve ter de 1 a 255 caracteres ASCII visíveis, sem espaços, e vir uma só vez."}
	case codeKeyReused:
		return catalogueEntry{http.StatusUnprocessableEntity, "Chave de idempotência já usada", "Esta chave de idempotência já foi usada com outra requisição. Use uma chave nova para cada operação."}
	case codeInProgress:
		return catalogueEntry{http.StatusConflict, "Requisição em andamento", "Uma requisição com esta chave de idempotência ainda está em andamento. Tente novamente em alguns segundos."}
	case codeInternal:
		return catalogueEntry{http.StatusInternalServerError, "Erro interno", "Algo deu errado do nosso lado. Tente novamente em alguns minutos."}
	}
	return refusalEntry(statement.Code(c))
}

// refusalEntry tells a refusal of the bank while an account is being enabled.
// Nothing was stored, so what time heals is for the person to try again: the
// table's next step, which speaks of the daily sync, is not told then.
func refusalEntry(c statement.Code) catalogueEntry {
	row := failure.Of(c)
	const again = " Nada foi gravado: tente novamente em alguns minutos."
	switch c {
	case statement.BankUnavailable, statement.BankRateLimited:
		return catalogueEntry{http.StatusServiceUnavailable, "Banco indisponível", row.Message + again}
	case statement.IncompleteAnswer:
		return catalogueEntry{http.StatusServiceUnavailable, "Banco indisponível", "O Banco Inter não respondeu de forma completa." + again}
	case statement.DifferentAccount:
		return catalogueEntry{http.StatusConflict, titleCredentialRefused, row.Message + " " + row.NextStep}
	}
	return catalogueEntry{http.StatusUnprocessableEntity, titleCredentialRefused, row.Message + " " + row.NextStep}
}
