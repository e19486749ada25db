package api

import (
	"time"

	"extrato/internal/bankday"
	"extrato/internal/failure"
	"extrato/internal/statement"
)

// The sentences of an account that has not failed.
const (
	sayDisabled = "A integração com o Banco Inter não está habilitada."
	howToEnable = "No Internet Banking PJ do Inter, acesse Soluções para sua empresa > Nova integração e crie uma integração com a permissão \"Consultar extrato e saldo\". " +
		"Em Gestão de integrações, baixe a chave e o certificado, extraia o .crt e o .key do arquivo .zip e envie-os com o ClientID e o ClientSecret."
	sayFirst     = "Integração habilitada. A primeira busca do extrato está em andamento."
	waitFirst    = "Aguarde alguns minutos: os lançamentos aparecerão nesta conta."
	sayReconcile = "Faça a conciliação bancária todos os dias para manter seus lançamentos atualizados."
	sayWiderA    = "A integração tem mais permissões no banco do que o extrato precisa."
	sayWiderB    = "No Internet Banking do Inter, deixe na integração apenas a permissão \"Consultar extrato e saldo\". A busca continua funcionando enquanto isso."
)

// viewStatus tells the state of an account. A failure comes before a warning.
func viewStatus(a statement.Account) Status {
	v := Status{State: string(a.State), Code: optional(a.Failure)}
	say := func(message, nextStep string) Status {
		v.Message, v.NextStep = message, optional(nextStep)
		return v
	}
	switch {
	case a.State == statement.Disabled || a.State == "":
		v.State, v.Code = string(statement.Disabled), nil
		return say(sayDisabled, howToEnable)
	case a.State == statement.Attention || a.Failure != "":
		row := failure.Of(a.Failure)
		return say(row.Message, row.NextStep)
	case len(a.Warnings) > 0 && a.Warnings[0] == statement.ScopeWiderThanNeeded:
		v.Code = optional(a.Warnings[0])
		return say(sayWiderA, sayWiderB)
	case a.ReadThrough == "":
		return say(sayFirst, waitFirst)
	}
	return say("Extrato importado até "+a.ReadThrough.Time().Format("02/01/2006")+".", sayReconcile)
}

// nextFiring returns the first instant after now at which the schedule fires on
// a banking day: 06, 10, 14 and 18 h in São Paulo.
func nextFiring(now time.Time) time.Time {
	for day := statement.DateOf(now); ; day = day.AddDays(1) {
		if !bankday.IsBankingDay(day) {
			continue
		}
		y, m, d := day.Time().Date()
		for _, hour := range []int{6, 10, 14, 18} {
			if t := time.Date(y, m, d, hour, 0, 0, 0, statement.SaoPaulo); t.After(now) {
				return t
			}
		}
	}
}
