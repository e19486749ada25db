// Package simtest plays the product against a world that goes wrong: the real
// fan-out, syncer, enabling, merge, store, vault, queue and bank client, on
// virtual time, against an in-memory DynamoDB (package dynamo), the local
// stand-in for SQS and Secrets Manager (infra/local/cloud) and the simulated
// bank (inter/intertest), all without a socket.
//
// # A history
//
// Generate makes a Script of a seed and a Plan: how many accounts and days, and
// which fault happens when and to whom. Play plays a Script in a bubble of
// testing/synctest and returns its Outcome: figures, violations, a hash of all
// that happened. One seed gives one Script, and one Script one history: every
// choice is drawn from a stream named for its purpose (Stream), never from
// another stream's order, so that a Script with faults left out plays the rest
// as before. Run does all of it and, where something is violated, leaves
// faults out one by one while it still is, and prints seed, history and the
// command that plays it again.
//
// # The parts
//
//   - World (world.go) is the cloud, the bank, the product wired as in
//     functions/*/main.go, and the accounts. Its own calls meet no faults.
//   - Process (process.go) is one invocation of the product's code. Every call
//     that leaves it is an Effect and passes its Wire (wire.go), which knows the
//     process by the call's context. There it may be killed (its goroutines
//     end, nothing after runs but deferred calls, as a SIGKILL leaves the
//     world), stopped at a gate and resumed, or met by an Armed fault.
//   - Kind (kind.go) is one way to go wrong; Catalogue lists all, by groups in
//     kinds_*.go. A Kind meets an effect (Arm) or does something to the
//     world (Do).
//   - lambda.go is SQS's event source and Lambda: it receives, invokes, deletes
//     what succeeded; schedule.go plays the days; person.go is who uploads
//     certificates and acts when an account asks for attention.
//   - Account (account.go) is a simulated bank account with its truth: every
//     line by its instant of inclusion, with all that it ever was.
//   - Scenario (crash*.go) is one thing that the product does, cut off at each of
//     its effects in turn and then done again; Duel (interleave*.go) is two
//     processes that meet at every pair of their effects.
//   - check_*.go hold the invariants. They read raw items and the bank's truth
//     and share no code with merge or store, but for store.Changes, which is
//     what a reader of the feed calls.
//
// # What must hold
//
// Always, whatever goes wrong (check.go, check_statement.go, check_feed.go, check_promise.go): each line
// of the bank is at most one entry, for good, under one id; no entry says what
// the bank never said; the sum, the feed's positions and the head agree; what
// is called proven adds up, and is what the bank told; a message that is
// done with left its day covered or the account saying why; nothing is written
// outside the message's account; no secret is logged. At the end of a quiet
// time (check_quiet.go): the booked entries are the bank's, all days are
// proven, no account is parked, the queue is empty, a reader of the feed holds
// the statement, and another sync writes nothing.
//
// # What is not deterministic
//
// Keys, tokens, request and message ids come from crypto/rand. None of them
// decides an order, and none is in the trace. Processes run one at a time; two
// at once only where a fault stops one at a gate and lets another run
// meanwhile. Batches of several accounts side by side are not played.
package simtest
