package api

import (
	"time"

	"extrato/internal/statement"
)

const exampleRun statement.RunID = "20261123T090003250Z-0123456789abcdef"

func exampleDetail() EntryDetail {
	return viewDetail(statement.Entry{
		Row: exampleRow(), ID: "2026-11-20-0123456789abcdef0123", Identity: statement.ByProvisional, Status: statement.Booked,
		Seq: 42, FirstSeq: 17, Revision: 2, ImportedAt: time.Date(2026, 11, 21, 9, 0, 4, 0, time.UTC),
		Aliases: []string{"UFJPVklTT1JJT18wMDFfMDAwMTlfMTIzNDU2Nzg5XzIwMjYtMTEtMjBfMQ=="}, Run: "20261121T090003250Z-fedcba9876543210",
		Revisions: []statement.Revision{{
			Field: "bank_id", Old: "UFJPVklTT1JJT18wMDFfMDAwMTlfMTIzNDU2Nzg5XzIwMjYtMTEtMjBfMQ==", New: exampleRow().BankID,
			At: time.Date(2026, 11, 23, 9, 0, 3, 250e6, time.UTC), Run: exampleRun,
		}},
	})
}

func exampleFeedCursor() string {
	return feedCursor{V: feedVersion, Of: feedOf(statement.Ref{Account: "example"}), Epoch: "example", Seq: 42}.String()
}

func exampleDays() DayList {
	opening, balance := statement.Cents(620898), statement.Cents(1023456)
	ledger := statement.Ledger{CoveredFrom: "2026-09-22", ReadThrough: "2026-11-22", ProvenThrough: "2026-11-20", Opening: &opening}
	return DayList{Days: calendar(ledger, "2026-11-20", "2026-11-22", []statement.Day{{
		Date: "2026-11-20", Status: statement.DayProven, Entries: 12, Credits: 523000, Debits: 120442, Balance: &balance,
	}}, nil)}
}

func exampleSyncs() SyncList {
	return SyncList{Syncs: []Sync{viewRun(statement.Run{
		RunSummary: statement.RunSummary{
			ID: exampleRun, At: time.Date(2026, 11, 23, 9, 0, 3, 250e6, time.UTC),
			Reason: statement.ReasonSchedule, Outcome: statement.OutcomeProven, Added: 12,
		},
		From: "2026-11-13", To: "2026-11-22", Through: "2026-11-22", Calendar: "br-2023-12-21.1",
		EndedAt:  time.Date(2026, 11, 23, 9, 0, 5, 100e6, time.UTC),
		Requests: statement.Requests{Token: 1, Statement: 1, Balance: 1, Connections: 1},
		Capacity: statement.Capacity{Read: 4.5, Write: 36},
		Decisions: []statement.Decision{{
			Entry: "2026-11-20-0123456789abcdef0123", What: "recognised", Reason: "by rule provisional under another id of the bank",
		}},
	})}}
}

func exampleRequested() RequestedSync {
	from, to := statement.Date("2026-10-01"), statement.Date("2026-10-31")
	return RequestedSync{
		ID: "20261123T100000000Z-0123456789abcdef", Reason: string(statement.ReasonRepair),
		From: optional(from), To: optional(to), Through: "2026-11-22",
	}
}
