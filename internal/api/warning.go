package api

import (
	"time"

	"extrato/internal/statement"
)

const (
	sayUnconfirmed = "O certificado foi renovado, mas não há lançamentos nem saldo com que confirmar que as novas credenciais são da mesma conta bancária."
	seeUnconfirmed = "Confira no Internet Banking do Inter se a integração é desta conta. O saldo do banco será conferido a cada sincronização."
	sayOther       = "Há um aviso sobre a integração desta conta."
)

// viewWarnings tells what should be known of an account that is synced, what is
// urgent first. What ended or parked it is not a warning but its status.
func viewWarnings(a statement.Account, now time.Time) []Warning {
	list := []Warning{}
	if a.State == statement.Disabled || a.State == "" {
		return list
	}
	if certificateEnding(a, now) {
		list = append(list, Warning{Code: string(statement.CertificateExpiring), Message: sayEnding(a, now)})
	}
	for _, c := range a.Warnings {
		list = append(list, Warning{Code: string(c), Message: sayWarning(c)})
	}
	return list
}

// sayWarning tells a stored warning.
func sayWarning(c statement.Code) string {
	switch c {
	case statement.ScopeWiderThanNeeded:
		return sayWider
	case statement.AccountUnconfirmed:
		return sayUnconfirmed
	}
	return sayOther
}

// warningStep says what a person should do about a warning; "" for nothing.
func warningStep(c statement.Code) string {
	switch c {
	case statement.CertificateExpiring:
		return renewInTime
	case statement.ScopeWiderThanNeeded:
		return narrow
	case statement.AccountUnconfirmed:
		return seeUnconfirmed
	}
	return ""
}

// needsAttention reports whether a person should look at an account: it is
// parked or fails, differs from the bank's balance, or its certificate ends
// within 60 days. A disabled account waits for nobody.
func needsAttention(a statement.Account, now time.Time) bool {
	switch a.State {
	case statement.Attention:
		return true
	case statement.Active:
		return a.Failure != "" || a.UnprovenFrom != "" || a.DoubtFrom != "" ||
			certificateEnded(a, now) || certificateEnding(a, now)
	}
	return false
}
