// Package events keeps an event for each function and case, as AWS delivers it:
// the schedule's input, a batch of the sync queue, and requests of an HTTP API
// in payload 2.0 with the claims that its authorizer has verified. Nothing in
// them is a secret. They are for `sam local invoke -e` and for Lambda's console;
// the tests decode each one strictly and give it to the function's own binary.
//
// The account in them is conta-demo of the tenant acme, which the tests make.
// Elsewhere it is one's own: account ids are made by POST /v1/accounts.
package events
