// Package dynamo is a DynamoDB in memory, for the simulation: an
// http.RoundTripper that speaks the JSON protocol, so that the product's own
// client is used, and that answers in microseconds, without a socket, a
// goroutine or a clock of its own. The same requests in the same order get the
// same answers, byte for byte.
//
// Make one with New; Client returns a client of it. Item, Partition and Each
// look at what is stored beside the protocol; Snapshot and Restore let a test
// go back to a moment; Sweep does what the table's time to live does.
//
// # What is simulated
//
// What internal/store asks for, and the rest of the same operations where it
// costs little: GetItem, BatchGetItem, Query, PutItem, UpdateItem, DeleteItem,
// BatchWriteItem, TransactWriteItems; condition, filter, update, projection and
// key condition expressions with all functions, reserved words and placeholders
// checked; number arithmetic to 38 digits; sets; consumed capacity; pages of
// 1 MB, items of 400 KB, transactions of 100 items and 4 MB; request tokens for
// ten minutes; an index that holds keys only. CreateTable, DescribeTable and
// DeleteTable take effect at once.
//
// Anything else is refused with NotSimulatedException rather than ignored, and
// told by Faults, as is every malformed request.
//
// # Troubles
//
// Whatever a test can do to a request or an answer belongs in a RoundTripper
// around a DB: Failure and Cancelled write the refusals that it needs. A DB has
// by itself what only it can do: a transaction that others see half of and meet
// a conflict with (Options.Between), reads that are behind (Options.Lag), a
// query that others write beside (Slowly), and batches that are left unfinished
// (Options.Unprocessed).
//
// # Consistency
//
// Every request takes effect at one moment, but for a transaction with Between
// and a slow query. As at AWS, readers then see items that are written beside
// items that are not yet, each item by itself before or after: a GetItem is
// serializable by itself, two of them are not. A transaction's conditions hold
// until its end, since nobody else can write its items.
//
// # Where AWS says nothing
//
// The order of a BatchGetItem's items is that of their keys. A page of a query
// ends before the item that would make it more than 1 MB. What BatchWriteItem meets a transaction on
// is left unprocessed. A put into the index in a transaction costs what it
// costs outside of one, and the repetition of a transaction costs twice the
// units of reading its items, which others have measured at AWS.
package dynamo
