package fanout

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"extrato/internal/statement"
)

// Place returns where in every shard a firing begins, as a part of the shard's
// accounts, 0 to below 1, from the time it was due.
//
// Where one firing has no time for all accounts, the next must not begin where
// it began, or the last accounts would never have a message. Nobody remembers
// how far a firing came: that would be state to keep and to lose. Instead the
// hours since 1970 are multiplied by an irrational number, and what stands
// before the decimal point is dropped: multiples of any whole number of hours
// then come close to every point of the circle. The number is 1/p², where p is
// the plastic number: of the well-known ones it suits the template's schedule
// best, holidays and all. With time for three accounts in ten, a firing and the
// six after it reach everybody; a test plays other schedules through as well. Only
// a retry begins where its firing began.
func Place(due time.Time) float64 {
	const number = 2447445414 // of 2^32: 0.56984...
	return float64(uint32(due.Unix()/3600)*number) / (1 << 32)
}

const (
	// atOnce is how many accounts the syncs take at once: 20 batches of ten,
	// which is the template's SyncConcurrency. So many go without a delay.
	atOnce = 200
	// perSecond is how many accounts the syncs get done then, at two seconds an
	// account: three requests to a bank that answers each in about half a second,
	// and the connection. Messages that come faster would only wait in the queue.
	perSecond = 100
	// maxSpan is the longest delay that SQS takes with a message.
	maxSpan = 15 * time.Minute
)

// spanAfter returns over how long the next messages are spread, when so many
// accounts have theirs: as long as those before take. A small deployment waits
// for nothing; a large one does not have all its accounts at the bank's door in
// the second that the schedule fires, tenant after tenant. From 90,200 accounts
// on SQS can delay no longer, and MaximumConcurrency alone is the brake.
func spanAfter(accounts int64) time.Duration {
	return min(time.Duration(max(0, accounts-atOnce))*time.Second/perSecond, maxSpan)
}

// delay returns an account's delay within a span: the part of it that its id
// says, so that an account has its message early or late, but not by chance.
// The hash is one that the shard of the account says nothing about.
func delay(ref statement.Ref, span time.Duration) time.Duration {
	if span == 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(ref.String()))
	part := binary.BigEndian.Uint32(sum[:4])
	return time.Duration(int64(span/time.Second)*int64(part)>>32) * time.Second
}
