package telemetry

import (
	"context"
	"errors"
	"time"
)

// BankCall tells of one request to the bank: it fits inter.Config.Observe.
// Refused is every request without a usable answer, a broken connection and an
// answer in time that could not be read included; what we cancelled ourselves
// says nothing of the bank. A request that was not refused counts as no refusal,
// so that the share of refusals needs no filling of gaps.
func (m *Metrics) BankCall(_ string, took time.Duration, err error) {
	refused := 0
	if err != nil && !errors.Is(err, context.Canceled) {
		refused = 1
	}
	m.Count("BankRequests", 1)
	m.Count("BankRefusals", refused)
	m.Milliseconds("BankLatency", took)
}
