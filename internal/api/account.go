package api

import (
	"time"

	"extrato/internal/statement"
)

// Account is an account as the API tells it.
type Account struct {
	_           struct{}            `additionalProperties:"true"`
	ID          string              `json:"id" doc:"The account's identifier, made by Extrato." example:"01m8x5t9q3k4v7w2z6c1b0n8hd"`
	ExternalID  *string             `json:"external_id" doc:"The ERP's own identifier, unique per tenant." example:"conta-17"`
	Description string              `json:"description" doc:"The name that people gave the account." example:"Inter matriz"`
	Bank        string              `json:"bank" doc:"The bank; always \"inter\"." example:"inter"`
	PersonType  string              `json:"person_type" doc:"Always \"PJ\"." example:"PJ"`
	CNPJ        *string             `json:"cnpj" doc:"The company's CNPJ, 14 characters without punctuation." example:"11222333000181"`
	Default     bool                `json:"default" doc:"Whether it is the tenant's default account; exactly one is."`
	BankAccount *string             `json:"bank_account" doc:"The account's number at the bank, with its digit; null until it is known." example:"123456789"`
	Status      Status              `json:"status"`
	Warnings    []Warning           `json:"warnings" nullable:"false" doc:"What does not stop the sync and should be known, whatever status tells; empty where there is nothing."`
	Certificate orNull[Certificate] `json:"certificate"`
	Coverage    Coverage            `json:"coverage"`
	LastSync    orNull[LastSync]    `json:"last_sync"`
	NextSyncAt  *string             `json:"next_sync_at" format:"date-time" doc:"When the schedule asks the bank next; null unless the integration is active." example:"2026-11-24T09:00:00.000Z"`
	CreatedAt   string              `json:"created_at" format:"date-time" example:"2026-11-20T14:03:11.250Z"`
}

// Status says whether the account's statement arrives.
type Status struct {
	_        struct{} `additionalProperties:"true"`
	State    string   `json:"state" enum:"disabled,active,attention" doc:"disabled: no integration. active: synced by schedule. attention: a person must act before it is synced again."`
	Code     *string  `json:"code" doc:"Why the last sync did not succeed; balance_differs where the bank's balance is not what the entries sum up to; certificate_expired or certificate_expiring (within 60 days) by its dates; or another warning; null when all is well." example:"bank_unavailable"`
	Message  string   `json:"message" doc:"The state in one Portuguese sentence." example:"Extrato importado até 20/11/2026."`
	NextStep *string  `json:"next_step" doc:"What the person should do, in Portuguese." example:"Faça a conciliação bancária todos os dias para manter seus lançamentos atualizados."`
}

// Warning is a thing that should be known of an account that is synced.
type Warning struct {
	_       struct{} `additionalProperties:"true"`
	Code    string   `json:"code" doc:"certificate_expiring, account_unconfirmed, scope_wider_than_needed; others may come." example:"certificate_expiring"`
	Message string   `json:"message" doc:"What it is about, in Portuguese." example:"O certificado da integração vence em 20/12/2026, daqui a 27 dias."`
}

// Certificate tells of the certificate in use.
type Certificate struct {
	_           struct{} `additionalProperties:"true"`
	Subject     string   `json:"subject" doc:"The certificate's subject."`
	Fingerprint string   `json:"fingerprint" doc:"SHA-256 of the certificate, lower-case hex."`
	NotBefore   string   `json:"not_before" format:"date-time"`
	NotAfter    string   `json:"not_after" format:"date-time"`
	DaysLeft    int      `json:"days_left" doc:"Days until its last day in São Paulo; 0 on that day and after it." example:"364"`
}

// Coverage is the ledger of what is kept.
type Coverage struct {
	_             struct{} `additionalProperties:"true"`
	From          *string  `json:"from" format:"date" doc:"First date kept; null before the first sync." example:"2026-09-22"`
	ReadThrough   *string  `json:"read_through" format:"date" doc:"The statement is read up to this day, without a gap." example:"2026-11-20"`
	ProvenThrough *string  `json:"proven_through" format:"date" doc:"Every day up to this one is proven by the bank's balance." example:"2026-11-20"`
	Balance       *string  `json:"balance" doc:"The bank's balance at proven_through, decimal." example:"10234.56"`
}

// LastSync is the last run.
type LastSync struct {
	_         struct{} `additionalProperties:"true"`
	At        string   `json:"at" format:"date-time"`
	Reason    string   `json:"reason" doc:"Why it ran: schedule, enabled, renewed, manual, repair." example:"schedule"`
	Outcome   string   `json:"outcome" doc:"proven: every day is proven. read: everything is read, and no balance was to be had to prove it. unproven: read, and the bank's balance differs. undecided: the bank no longer shows what is kept, and it is not told yet whether it is gone. failed: given up until the next firing." example:"proven"`
	Added     int      `json:"added" example:"12"`
	Modified  int      `json:"modified" example:"0"`
	Withdrawn int      `json:"withdrawn" example:"0"`
}

// viewAccount tells an account at an instant.
func viewAccount(a statement.Account, isDefault bool, now time.Time) Account {
	v := Account{
		ID:          string(a.Account),
		ExternalID:  optional(a.ExternalID),
		Description: a.Description,
		Bank:        a.Bank,
		PersonType:  a.PersonType,
		CNPJ:        optional(a.CNPJ),
		Default:     isDefault,
		BankAccount: optional(a.BankAccount),
		Status:      viewStatus(a, now),
		Warnings:    viewWarnings(a, now),
		Coverage: Coverage{
			From:          optional(a.CoveredFrom),
			ReadThrough:   optional(a.ReadThrough),
			ProvenThrough: optional(a.ProvenThrough),
		},
		CreatedAt: instant(a.CreatedAt),
	}
	if a.Balance != nil {
		v.Coverage.Balance = optional(a.Balance.String())
	}
	if c := a.Certificate; c != nil {
		v.Certificate.Value = &Certificate{
			Subject: c.Subject, Fingerprint: c.Fingerprint,
			NotBefore: instant(c.NotBefore), NotAfter: instant(c.NotAfter),
			DaysLeft: daysLeft(*c, now),
		}
	}
	if r := a.LastRun; r != nil {
		v.LastSync.Value = &LastSync{
			At: instant(r.At), Reason: string(r.Reason), Outcome: string(r.Outcome),
			Added: r.Added, Modified: r.Modified, Withdrawn: r.Withdrawn,
		}
	}
	if a.State == statement.Active {
		v.NextSyncAt = optional(instant(nextFiring(now)))
	}
	return v
}
