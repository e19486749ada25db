package api

import (
	"fmt"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// expiringDays is from how many days before a certificate's end on an account
// is warned of it and listed among those that want attention.
const expiringDays = 60

// reachDays is how far back the bank is counted on to give its statement.
const reachDays = 90

const (
	pathToNew = "No Internet Banking PJ do Inter, acesse Soluções para sua empresa > Gestão de integrações, abra a integração desta conta, " +
		"renove o certificado e clique em Baixar chave e certificado. Extraia o .crt e o .key do arquivo .zip e envie-os nesta conta."
	renewInTime = pathToNew + " O ClientID e o ClientSecret continuam os mesmos."
	renewEnded  = pathToNew + " Se o banco não permitir mais a renovação, crie uma nova integração (Nova integração) e envie também o ClientID e o ClientSecret dela."
)

// daysLeft counts civil days in São Paulo until the certificate's last day.
func daysLeft(c statement.Certificate, now time.Time) int {
	return max(0, statement.DateOf(c.NotAfter).DaysSince(statement.DateOf(now)))
}

// certificateEnded reports whether an account that is synced, or is parked for
// just that, has a certificate that is not valid any more.
func certificateEnded(a statement.Account, now time.Time) bool {
	synced := a.State == statement.Active || a.State == statement.Attention && a.Failure == statement.CertificateExpired
	return synced && a.Certificate != nil && now.After(a.Certificate.NotAfter)
}

// certificateEnding reports whether an active account's certificate is in its
// last days.
func certificateEnding(a statement.Account, now time.Time) bool {
	return a.State == statement.Active && a.Certificate != nil && !certificateEnded(a, now) && daysLeft(*a.Certificate, now) <= expiringDays
}

// sayEnding tells when the certificate ends and what not renewing it will cost:
// the first day that no firing of the schedule can bring, and until when it can
// be fetched.
func sayEnding(a statement.Account, now time.Time) string {
	ends, left := statement.DateOf(a.Certificate.NotAfter), daysLeft(*a.Certificate, now)
	when := fmt.Sprintf("em %s, daqui a %d dias", brDate(ends), left)
	switch left {
	case 0:
		when = "hoje, " + brDate(ends)
	case 1:
		when = "amanhã, " + brDate(ends)
	}
	first := statement.DateOf(lastFiring(a.Certificate.NotAfter)) // which brings the days before it
	if a.ReadThrough >= first {
		first = a.ReadThrough.AddDays(1)
	}
	return fmt.Sprintf("O certificado da integração vence %s. Sem a renovação, os lançamentos a partir de %s deixam de ser importados: "+
		"o banco entrega os últimos %d dias, e esse dia só pode ser buscado até %s.", when, brDate(first), reachDays, brDate(lastFetch(first)))
}

// sayEnded tells what is missing since the certificate ended.
func sayEnded(a statement.Account, now time.Time) string {
	text := "O certificado da integração venceu em " + brDate(statement.DateOf(a.Certificate.NotAfter)) + " e o banco não aceita mais a conexão."
	if a.ReadThrough == "" {
		return text + " Nenhum lançamento foi importado ainda."
	}
	first, today := a.ReadThrough.AddDays(1), statement.DateOf(now)
	text += " Os lançamentos a partir de " + brDate(first) + " só serão importados depois da renovação"
	if lastFetch(first) < today {
		return text + fmt.Sprintf(". O banco entrega os últimos %d dias: os anteriores a %s já ficaram fora desse prazo.",
			reachDays, brDate(today.AddDays(1-reachDays)))
	}
	return text + fmt.Sprintf(": o banco entrega os últimos %d dias, e esse dia só pode ser buscado até %s.", reachDays, brDate(lastFetch(first)))
}

// lastFetch returns the last day on which a day is among the bank's last days,
// that day itself counted.
func lastFetch(day statement.Date) statement.Date { return day.AddDays(reachDays - 1) }

// lastFiring returns the last instant, not after t, at which the schedule fires.
func lastFiring(t time.Time) time.Time {
	for day := statement.DateOf(t); ; day = day.AddDays(-1) {
		if !bankday.IsBankingDay(day) {
			continue
		}
		firings := firingsOf(day)
		for i := len(firings) - 1; i >= 0; i-- {
			if !firings[i].After(t) {
				return firings[i]
			}
		}
	}
}
