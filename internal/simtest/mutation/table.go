package mutation

import "slices"

// All returns every mutation.
func All() []Mutation { return slices.Concat(ofMerge, ofStore, ofSyncer, ofVault, ofQueue) }

// What happens at the bank, by the faults' names.
var (
	gone       = []string{"row/withdrawn", "row/withdrawn-and-back", "answer/omitted"}
	pairs      = []string{"row/withdrawn-with-reversal", "answer/omitted-with-reversal"}
	identities = []string{"row/renumbered", "row/without-id", "row/provisional-to-final", "row/twin"}
	balances   = []string{"answer/balance-off", "row/late", "row/amount"}
	rivals     = []string{"process/frozen-and-thawed", "row/late", "row/text"}
	killed     = []string{"process/kill-before", "process/kill-after", "row/late"}
)

var ofMerge = []Mutation{
	{"merge/aliases-forgotten", "internal/merge/pair.go",
		`func(w *work) []string { return w.Aliases }, nil)`, `func(w *work) []string { return nil }, nil)`, identities},
	{"merge/provisional-not-recognised", "internal/merge/pair.go",
		`bool { return provisional(r.BankID) || provisional(w.BankID) }`, `bool { return false }`, identities},
	{"merge/renumbering-not-recognised", "internal/merge/pair.go",
		`return gone && !provisional(r.BankID)`, `return false && gone && !provisional(r.BankID)`, identities},
	{"merge/second-answer-not-asked", "internal/merge/merge.go",
		`if len(m.in.Reads) != 1 || m.in.StatementCalls < 1 {`, `if len(m.in.Reads) != 1 || m.in.StatementCalls < 100 {`, gone},
	{"merge/one-run-date-withdraws", "internal/merge/missing.go",
		`goneRuns   = 2`, `goneRuns   = 1`, gone},
	{"merge/five-run-dates-are-one", "internal/merge/missing.go",
		`m.wait(w, a, runs >= blindRuns && m.in.RunDate.DaysSince(a.First) >= blindSpan, why)`, `m.wait(w, a, runs >= 1, why)`, pairs},
	{"merge/blind-group-judged-by-balance", "internal/merge/missing.go",
		`case sumsToZero(group):`, `case false:`, pairs},
	{"merge/gone-taken-for-omitted", "internal/merge/missing.go",
		`case moved == with:`, `case moved == with || moved == without:`, gone},
	{"merge/stale-answer-trusted", "internal/merge/missing.go",
		`case moved == without && !stale:`, `case moved == without && (stale || !stale):`, gone},
	{"merge/absence-not-cleared", "internal/merge/update.go",
		"\tw.Absence = nil\n", "", slices.Concat(gone, pairs)},
	{"merge/open-moves-the-ledger", "internal/merge/merge.go",
		`return len(m.undecided) == 0 && !m.silent`, `return len(m.undecided) < 1000 && !m.silent`, gone},
	{"merge/proof-not-made", "internal/merge/proof.go",
		`case d.agrees(q, *closing):`, `case true:`, balances},
	{"merge/proven-while-one-waits", "internal/merge/proof.go",
		`if len(m.pending) > 0 {`, `if len(m.pending) > 1000 {`, gone},
	{"merge/proof-does-not-retreat", "internal/merge/merge.go",
		`if d != "" && d <= proven {`, `if d == "never" && d <= proven {`, slices.Concat(balances, []string{"answer/no-balance"})},
	{"merge/balance-not-after-opening", "internal/merge/merge.go",
		` || len(p.Changes) > 0 || found.opening != nil:`, ` || len(p.Changes) > 0:`, []string{"answer/balance-off", "integration/certificate-expires"}},
	{"merge/last-proven-day-not-certified", "internal/merge/days.go",
		`case l.ProvenThrough != "" && day.Date <= l.ProvenThrough:`, `case l.ProvenThrough != "" && day.Date < l.ProvenThrough:`, nil},
	{"merge/first-day-not-kept", "internal/merge/update.go",
		`if row.Date < m.in.CoveredFrom {`, `if row.Date <= m.in.CoveredFrom {`, nil},
	{"merge/old-id-given-twice", "internal/merge/update.go",
		`for n := 2; m.ids[id]; n++ {`, `for n := 2; m.ids[id] && n < 2; n++ {`, identities},
}

var ofStore = []Mutation{
	{"store/commit-whatever-the-version", "internal/store/commit.go",
		`expression.Name("version").Equal(expression.Value(head.Version)),`, `expression.Name("version").GreaterThanEqual(expression.Value(0)),`, rivals},
	{"store/noted-takes-a-position", "internal/store/commit.go",
		`next.LastSeq += int64(len(t.told()))`, `next.LastSeq += int64(len(t.changes))`, gone},
	{"store/feed-under-its-first-position", "internal/store/feed.go",
		`item := commitKey(ref, last).attrs()`, `item := commitKey(ref, first).attrs()`, nil},
	{"store/moved-entry-not-deleted", "internal/store/commit.go",
		`		s.drop(entryKey(ref, c.Moved, c.Entry.ID), size(item), here("not there")),`, ``, []string{"row/date", "row/provisional-to-final"}},
	{"store/move-not-written-down", "internal/store/commit.go",
		`		s.put(movedItem(ref, c.Entry), always, nil),`, ``, []string{"row/date", "row/provisional-to-final"}},
	{"store/beginning-not-kept", "internal/store/commit.go",
		`next.Ledger = begun(head.Ledger, c.Ledger)`, `next.Ledger = head.Ledger`, killed},
	{"store/parked-commit-clears-why", "internal/store/commit.go",
		`		condition = condition.And(expression.Name("integration_status").NotEqual(expression.Value(string(statement.Attention))))`, ``,
		[]string{"process/frozen-while-parked"}},
	{"store/cancelled-not-tried-again", "internal/store/transact.go",
		`again, contended = true, true`, `again, contended = false, true`, []string{"dynamodb/conflict"}},
	{"store/one-token-for-all", "internal/store/transact.go",
		`aws.String(rand.Text())`, `aws.String(rand.Text()[:0] + "token")`, nil},
	{"store/refused-counts-as-done", "internal/store/transact.go",
		`return false, ops[i].refused(r.Item)`, `return false, nil`, rivals},
	{"store/more-than-fits", "internal/store/chunk.go",
		`	t.room -= u.items`, ``, nil},
	{"store/parked-whatever-the-credential", "internal/store/failure.go",
		`alive().And(is("credential_id", head.CredentialID))`, `alive()`, []string{"process/frozen-while-renewed"}},
	{"store/parked-stays-scheduled", "internal/store/failure.go",
		`		c.unschedule()`, ``, []string{"integration/permission-missing"}},
	{"store/disabled-stays-scheduled", "internal/store/disable.go",
		`	c.unschedule()`, ``, []string{"person/disables-for-a-while"}},
}

var ofSyncer = []Mutation{
	{"syncer/covered-day-read-again", "internal/syncer/syncer.go",
		`return head.ReadThrough >= m.Through`, `return head.ReadThrough > m.Through`, nil},
	{"syncer/inactive-synced", "internal/syncer/syncer.go",
		`case head.State != statement.Active:`, `case head.State == "":`, []string{"person/disables-for-a-while", "person/asks-for-a-sync"}},
	{"syncer/open-not-told", "internal/syncer/syncer.go",
		`	if retry {`, `	if retry && run == nil {`, gone},
	{"syncer/temporary-taken-for-final", "internal/syncer/syncer.go",
		`if code == "" || !failure.Of(code).Park {`, `if code == "" {`, []string{"bank/503", "bank/reset"}},
	{"syncer/foreign-rows-taken", "internal/syncer/inquiry.go",
		`if foreign(q.head.BankAccount, read.Rows) {`, `if foreign("", read.Rows) {`, []string{"integration/several-accounts"}},
	{"syncer/head-not-healed", "internal/syncer/certificate.go",
		`if err != nil || cred.ID() == head.CredentialID {`, `if err != nil || cred.ID() != "" {`,
		[]string{"person/renews", "process/person-killed-after", "process/person-killed-before"}},
	{"syncer/never-gives-up", "internal/syncer/batch.go",
		`if code != "" && d.Receives >= maxReceives {`, `if code != "" && d.Receives >= 100*maxReceives {`, []string{"answer/empty", "answer/malformed-row"}},
	{"syncer/poison-dropped", "internal/syncer/batch.go",
		`if !b.reject(ctx, d, err) {`, `if d.ID == "" {`, []string{"queue/poison"}},
	{"syncer/rejected-without-a-copy", "internal/syncer/batch.go",
		`return b.reject(ctx, d, err)`, `return true`, []string{"queue/poison"}},
	{"syncer/panic-not-caught", "internal/syncer/batch.go",
		`if r := recover(); r != nil {`, `if r := error(nil); r != nil {`, []string{"process/panic"}},
	{"syncer/erases-what-lives", "internal/syncer/erase.go",
		`case err == nil:`, `case err == nil && m.Tenant == "":`, []string{"queue/poison"}},
	{"syncer/run-date-is-the-messages", "internal/syncer/inquiry.go",
		`return max(q.run.Through.AddDays(1), statement.DateOf(q.run.At))`, `return q.run.Through.AddDays(1)`,
		slices.Concat(gone, []string{"queue/delay-past-the-next-day", "process/frozen-and-thawed"})},
	{"syncer/panic-outside-not-caught", "internal/syncer/batch.go",
		`_ = b.guarded(ctx, it.m, func() error { done = b.one(ctx, work, it.Delivery, it.m); return nil })`, `done = b.one(ctx, work, it.Delivery, it.m)`,
		[]string{"process/panic", "bank/503"}},
	{"syncer/weekly-read-left-out", "internal/syncer/window.go",
		`deepEvery = 7`, `deepEvery = 7000`, []string{"row/text", "row/late"}},
	{"syncer/gap-counts-as-read", "internal/syncer/window.go",
		`if head.ReadThrough != "" && st.from > head.ReadThrough.AddDays(1) {`, `if head.ReadThrough == "never" {`, []string{"person/asks-for-a-range", "person/disables-for-a-while"}},
}

var ofVault = []Mutation{
	{"vault/deletion-not-taken-back", "internal/vault/save.go",
		`case is[*types.InvalidRequestException](err) && !restored:`, `case is[*types.InvalidRequestException](err) && restored:`,
		[]string{"secrets/scheduled-for-deletion"}},
	{"vault/put-back-not-made-current", "internal/vault/save.go",
		`case err == nil && slices.Contains(done.VersionStages, currentStage):`, `case err == nil && (slices.Contains(done.VersionStages, currentStage) || true):`,
		[]string{"person/puts-the-old-pair-back"}},
	{"vault/deleted-is-no-absence", "internal/vault/vault.go",
		`return ok && strings.Contains(`, `return ok && !strings.Contains(`, []string{"secrets/scheduled-for-deletion"}},
}

var ofQueue = []Mutation{
	{"queue/refused-entries-ignored", "internal/queue/send.go",
		`again[aws.ToString(f.Id)] = true`, `again[aws.ToString(f.Id)] = false`, []string{"queue/partly-sent"}},
	{"queue/lost-messages-not-told", "internal/queue/send.go",
		`	if lost > 0 {`, `	if lost > len(messages) {`, []string{"queue/send-throttled", "queue/sent-but-reply-lost"}},
	{"queue/delay-dropped", "internal/queue/queue.go",
		`VisibilityTimeout: seconds})`, `VisibilityTimeout: seconds - seconds})`, []string{"bank/503", "bank/reset"}},
	{"queue/rejected-to-the-wrong-queue", "internal/queue/queue.go",
		`QueueUrl: &q.dlqURL, MessageBody`, `QueueUrl: &q.syncURL, MessageBody`, []string{"queue/poison"}},
}
