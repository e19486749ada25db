package enable_test

import (
	"context"
	"time"

	"extrato/internal/statement"
)

// memory keeps the head, the pair and the messages; the crash tests have the
// fake that can fail.
type memory struct {
	head statement.Account
	pair statement.Credential
	sent []statement.Message
}

func (m *memory) Load(context.Context, statement.Ref) (statement.Credential, error) {
	return m.pair, nil
}

func (m *memory) Save(_ context.Context, _ statement.Ref, cred statement.Credential) error {
	m.pair = cred
	return nil
}

func (m *memory) Delete(context.Context, statement.Ref) error { return nil }

func (m *memory) Account(context.Context, statement.Ref) (statement.Account, error) {
	return m.head, nil
}

func (m *memory) Window(context.Context, statement.Ref, statement.Date, statement.Date) ([]statement.Entry, error) {
	return nil, nil
}

func (m *memory) BankAccountOwner(context.Context, statement.TenantID, string) (statement.AccountID, error) {
	return "", nil
}

func (m *memory) Enable(_ context.Context, e statement.Enablement) (statement.Account, error) {
	m.head.State, m.head.CredentialID, m.head.Certificate = statement.Active, e.CredentialID, &e.Certificate
	m.head.BankAccount, m.head.SelectBank, m.head.Warnings = e.BankAccount, e.SelectBank, e.Warnings
	return m.head, nil
}

func (m *memory) Disable(context.Context, statement.Ref) (statement.Account, error) {
	return m.head, nil
}

func (m *memory) Erase(context.Context, statement.Ref, time.Time) error { return nil }

func (m *memory) Send(_ context.Context, ms []statement.Message) error {
	m.sent = append(m.sent, ms...)
	return nil
}
