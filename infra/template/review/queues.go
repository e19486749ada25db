package review

import (
	"fmt"
	"strconv"
)

const fortnight = 14 * 24 * 3600 // the longest that SQS keeps a message

// queues: sections 7 and 10 of the design. A message that is in flight must not
// come back while its function may still run, and what was set aside waits for a
// person as long as SQS can keep it.
func (r *review) queues() {
	sync, ok := r.template.Queues["SyncQueue"]
	if !ok {
		r.find(Main, "SyncQueue", "is missing", "add it")
		return
	}
	window := 0
	for _, n := range members(r.main.resource("SyncFunction").property("Events")) {
		window, _ = strconv.Atoi(says(at(n, "Properties", "MaximumBatchingWindowInSeconds")))
	}
	if least := 6*r.template.Functions["SyncFunction"].Timeout + window; sync.Visibility < least {
		r.find(Main, sync.ID, fmt.Sprintf("messages come back after %d s", sync.Visibility),
			fmt.Sprintf("make it %d at least: six time limits of SyncFunction and its batching window", least))
	}
	r.want(sync.ID, "maxReceiveCount", strconv.Itoa(sync.MaxReceive), "8")
	r.want(sync.ID, "its dead-letter queue", sync.DeadLetter, "SyncDeadLetterQueue")
	for _, id := range []string{"SyncDeadLetterQueue", "ScheduleDeadLetterQueue", "FanoutFailureQueue"} {
		q, ok := r.template.Queues[id]
		switch {
		case !ok:
			r.find(Main, id, "is missing", "add it")
		case q.Retention != fortnight:
			r.find(Main, id, fmt.Sprintf("keeps messages for %d s", q.Retention), fmt.Sprintf("make it %d: a person must look", fortnight))
		case q.DeadLetter != "":
			r.find(Main, id, "hands on to "+q.DeadLetter, "let it keep what was set aside")
		}
	}
	if len(r.template.Queues) != 4 {
		r.find(Main, "", fmt.Sprintf("there are %d queues", len(r.template.Queues)), "know what each is for: add it to the checks")
	}
}
