// Package dynoxide runs dynoxide, a DynamoDB in one static binary, as a child
// process, for tests and for the local stack. Nothing that is deployed imports it.
//
// Ensure finds the binary, or fetches it once with npm; Start runs it on a
// free loopback port. The child ends with this process, however that ends.
//
// What it does not do as DynamoDB does: it never throttles, and it checks
// neither operand types nor overlapping paths inside transactions.
package dynoxide
