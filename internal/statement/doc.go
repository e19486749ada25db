// Package statement is the vocabulary of Extrato. It knows no AWS, no HTTP
// and no database, and imports the standard library only; every other package
// speaks in its words.
//
// The words, with those of the bank and of the person at the ERP's screen:
//
//	Tenant      the ERP's customer
//	Account     conta financeira: one bank account of one tenant; its item in
//	            the table is the head that every commit swaps
//	Entry       lançamento: one line of the statement, as kept
//	Row         the same line as one answer of the bank told it
//	Date        dataTransacao: the bank's accounting date, a civil date in São Paulo
//	BookedAt    dataInclusao: the instant of inclusion, told by the bank in São
//	            Paulo time, kept in UTC
//	Through     the last day that a run covers: the day before the run's date (D-1)
//	Read        a complete answer of the bank for a range of inclusion dates
//	Run         one execution of a sync
//	Change      an entry added, modified or withdrawn, at a position (Seq) of
//	            the account's feed
//
// Money is Cents, an int64: a credit is positive, a debit negative. Decimal
// text exists only at the edges. Secrets are of type Secret, which prints as
// [redacted] whatever is done to it.
package statement
