package cloud

import (
	"errors"
	"fmt"
	"regexp"
)

var entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// batchOutput is the answer of a batch: every entry is in one of the lists.
type batchOutput[T any] struct {
	Successful []T
	Failed     []failedEntry
}

type failedEntry struct {
	Id          string
	Code        string
	Message     string
	SenderFault bool
}

// checkBatch says what SQS would refuse the whole batch for.
func checkBatch[E interface{ id() string }](entries []E) error {
	const prefix = "AWS.SimpleQueueService."
	if len(entries) == 0 {
		return &fault{code: "EmptyBatchRequest", query: prefix + "EmptyBatchRequest",
			message: "There should be at least one entry in the request."}
	}
	if len(entries) > 10 {
		return &fault{code: "TooManyEntriesInBatchRequest", query: prefix + "TooManyEntriesInBatchRequest",
			message: fmt.Sprintf("Maximum number of entries per request are 10. You have sent %d.", len(entries))}
	}
	seen := make(map[string]bool)
	for _, e := range entries {
		if !entryID.MatchString(e.id()) {
			return &fault{code: "InvalidBatchEntryId", query: prefix + "InvalidBatchEntryId",
				message: "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."}
		}
		if seen[e.id()] {
			return &fault{code: "BatchEntryIdsNotDistinct", query: prefix + "BatchEntryIdsNotDistinct",
				message: fmt.Sprintf("Id %s repeated.", e.id())}
		}
		seen[e.id()] = true
	}
	return nil
}

// eachOf does every entry by itself. A fault is the entry's own; any other
// error is the stand-in's, and fails the entry without blaming the sender.
func eachOf[E interface{ id() string }, T any](entries []E, do func(E) (T, error)) (batchOutput[T], error) {
	out := batchOutput[T]{Successful: []T{}, Failed: []failedEntry{}}
	for _, e := range entries {
		done, err := do(e)
		if err == nil {
			out.Successful = append(out.Successful, done)
			continue
		}
		failed := failedEntry{Id: e.id(), Code: "InternalError", Message: err.Error()}
		if f, ok := errors.AsType[*fault](err); ok {
			failed.Code, failed.Message, failed.SenderFault = f.queryCode(), f.message, true
		}
		out.Failed = append(out.Failed, failed)
	}
	return out, nil
}
