package store

import (
	"context"

	"golang.org/x/time/rate"
)

// DynamoDB gives one partition at most 1,000 write units a second, and every
// item of a statement lies in one. A commit asks for somewhat less, so that a
// failing run's status or another commit finds room; what a partition saved up
// while idle pays for the burst. Ordinary commits fit the burst and never wait.
const (
	paceRate  = 900
	paceBurst = 1000
)

// pace spreads the transactions of one commit. A nil pace waits for nothing.
type pace struct{ limiter *rate.Limiter }

func newPace() *pace { return &pace{rate.NewLimiter(paceRate, paceBurst)} }

// wait returns when the ops may be sent. It goes by the size of the items,
// which DynamoDB charges by, since what a transaction consumed is known only
// when it is too late to wait.
func (p *pace) wait(ctx context.Context, ops []op) error {
	if p == nil {
		return nil
	}
	units := 0
	for _, o := range ops {
		units += writeUnits(o.bytes)
	}
	return p.limiter.WaitN(ctx, min(units, paceBurst))
}
