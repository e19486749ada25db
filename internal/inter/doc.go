// Package inter reads bank statements from Banco Inter over its API for
// businesses. A Client is made once per process by New; Open starts a Session
// for one run of one account, which answers Authenticate, Statement and
// Balance, and is closed after the run.
//
// # Read only
//
// The package can ask for a token, a statement and a balance, and for nothing
// else: requests are made in two places only (postToken and get), of which the
// second knows a closed list of endpoints, and whatever is sent passes the
// guard of type onlyReads below them, which refuses any other method, host or
// path before a byte leaves.
//
// # One connection
//
// A session speaks HTTP/1.1 over one mutual TLS connection for all its calls,
// which come one after another. HTTP/2 is not offered: it would bring
// multiplexing, which nothing here uses, for three goroutines and 100 KB more
// per account, and a bank that shuts a connection with GOAWAY would be one more
// way to fail. Redirects are not followed and proxies not used, so a credential
// meets no host but the configured one.
//
// # All or nothing
//
// Statement returns every row of the range or an error. An answer that cannot
// be proven complete by its own counters, and a row that cannot be read
// exactly, are statement.IncompleteAnswer; nothing is rounded, guessed or left
// out. The rows are decoded while they arrive, so that the body, which may have
// 15 MB, is never held as a whole.
//
// # Large answers
//
// Where the context has a statement.Turn, a session whose statements outgrow
// 1 MiB takes it before it reads on. A turn that does not come within ten
// seconds is waited for without a connection, and the answer asked for again:
// one statement request more, and no bank that gives up on us.
//
// # Errors
//
// What the bank, the network or the credential does wrong is an *Error with the
// code that tells what it means (refusals in refusal.go and alerts in
// tlserror.go are the tables). An error that is not an *Error is a mistake of
// the caller (a range of more than 89 days) or the caller's own cancellation.
// No error holds a token, a client secret or a key, even if the bank echoes it.
//
// # Known issues
//
//   - Where the bank divides an answer into pages against our wish, and between
//     two pages an entry vanishes while another comes at the end, one row can be
//     missed although all counters agree. Ranges end before today, where
//     nothing moves, and the balance is the judge of what is read.
//   - The bank does not say how it counts its 90 days; MaxDays stays below
//     either reading.
package inter
