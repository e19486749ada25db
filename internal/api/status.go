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
	sayRepeated  = "A conferência se repete a cada sincronização."
	sayWider     = "A integração tem mais permissões no banco do que o extrato precisa."
	narrow       = "No Internet Banking do Inter, deixe na integração apenas a permissão \"Consultar extrato e saldo\". A busca continua funcionando enquanto isso."
)

// balanceDiffers is the code of an account whose statement arrives and does not
// agree with the bank's balance.
const balanceDiffers statement.Code = "balance_differs"

// viewStatus tells the state of an account at an instant. A certificate that has
// ended comes before a failure, that before a balance that differs, and that
// before a warning.
func viewStatus(a statement.Account, now time.Time) Status {
	v := Status{State: string(a.State), Code: optional(a.Failure)}
	say := func(message, nextStep string) Status {
		v.Message, v.NextStep = message, optional(nextStep)
		return v
	}
	switch {
	case a.State == statement.Disabled || a.State == "":
		v.State, v.Code = string(statement.Disabled), nil
		return say(sayDisabled, howToEnable)
	case certificateEnded(a, now):
		v.Code = optional(statement.CertificateExpired)
		return say(sayEnded(a, now), renewEnded)
	case a.State == statement.Attention || a.Failure != "":
		row := failure.Of(a.Failure)
		return say(row.Message, row.NextStep)
	case a.UnprovenFrom != "":
		v.Code = optional(balanceDiffers)
		return say(sayDiffers(a.Ledger), "Compare os lançamentos a partir de "+brDate(a.UnprovenFrom)+
			" com o extrato no Internet Banking do Inter. "+sayRepeated)
	case a.DoubtFrom != "":
		v.Code = optional(balanceDiffers)
		return say("O saldo do banco difere do extrato importado até "+brDate(a.DoubtFrom)+
			". O primeiro dia com diferença ainda está sendo localizado.", "Não é preciso fazer nada: a busca continua na próxima sincronização.")
	}
	if warned := viewWarnings(a, now); len(warned) > 0 {
		v.Code = optional(warned[0].Code)
		return say(warned[0].Message, warningStep(statement.Code(warned[0].Code)))
	}
	if a.ReadThrough == "" {
		return say(sayFirst, waitFirst)
	}
	imported := "Extrato importado até " + brDate(a.ReadThrough) + "."
	if a.OpenFrom != "" {
		imported += " O banco deixou de mostrar lançamentos já importados desde " + brDate(a.OpenFrom) +
			": as próximas sincronizações dirão se foram cancelados."
	}
	return say(imported, sayReconcile)
}

// sayDiffers tells by how much the balance differs, since when and to which side.
func sayDiffers(l statement.Ledger) string {
	side := "maior"
	if l.Difference < 0 {
		side = "menor"
	}
	return "O saldo do banco difere do extrato importado em " + absolute(l.Difference) + " desde " + brDate(l.UnprovenFrom) +
		": o saldo do banco é " + side + "."
}

// nextFiring returns the first instant after now at which the schedule fires on
// a banking day: 06, 10, 14 and 18 h in São Paulo.
func nextFiring(now time.Time) time.Time {
	for day := statement.DateOf(now); ; day = day.AddDays(1) {
		if !bankday.IsBankingDay(day) {
			continue
		}
		for _, t := range firingsOf(day) {
			if t.After(now) {
				return t
			}
		}
	}
}

// firingsOf returns the instants at which the schedule fires on a banking day.
func firingsOf(day statement.Date) (firings []time.Time) {
	y, m, d := day.Time().Date()
	for _, hour := range []int{6, 10, 14, 18} {
		firings = append(firings, time.Date(y, m, d, hour, 0, 0, 0, statement.SaoPaulo))
	}
	return firings
}
