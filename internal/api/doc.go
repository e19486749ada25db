// Package api is Extrato's HTTP API: accounts, enabling, renewing and leaving, their
// entries, the feed of changes, the days with their proof, and the syncs. New
// returns the http.Handler; Routes lists what it serves and
// which scope each route asks for.
//
// Promises that hold on every route:
//
//   - The tenant comes from the verified token only. Another tenant's account is
//     answered like one that does not exist, and an id that cannot be one is
//     refused before the store is asked.
//   - Every error is an RFC 9457 problem with a stable code, its title and detail
//     in Portuguese for the person at the screen (Problem).
//   - No answer and no log line repeats what was sent: a request carries private
//     keys. huma's own errors echo the offending value; redact in redact.go
//     is the one place that every answer of huma passes, and drops it. Bodies are
//     decoded here, not by huma (body.go), and not even an unknown field's
//     name is told.
//   - A cursor of the feed is valid for ever and names its account and the
//     account's epoch: a reader that goes on with it misses nothing, and is told
//     to begin again (410) where the table went back behind it.
//   - A day is never told more certain than the head's ledger says, nor than its
//     own item (calendar.go).
//   - Nothing of a refused upload is stored. Creating and enabling in one request
//     asks the bank first, with the credential in memory, and creates the account
//     after (accounts.go says what can still go wrong in between).
//   - An upload is JSON or a form with files, and what is wrong with it has the
//     same answer either way (form.go). A file's bytes arrive as they were sent.
//   - A POST with an Idempotency-Key is done once, and a repeat gets the stored
//     answer; the store of answers never sees a secret (idempotency.go).
//   - A list says next_cursor as long as there is more, whatever its filters drop.
//
// In answers every field is always present; a value that is not known is null.
// Amounts are decimal strings, dates YYYY-MM-DD of São Paulo, instants RFC 3339
// in UTC.
package api
