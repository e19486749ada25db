// Package merge decides what the bank's answers change in what is kept, with
// the balance as judge. It is pure: no clock, no network, no database, and the
// same input gives the same plan, byte for byte, whatever the order of rows.
//
// Decide makes the plan that the facts allow. Where facts are missing the plan
// asks for one: another answer, a dated balance, older day items. The caller
// adds it to the input and decides again; every question costs from a budget,
// and without one left the plan is made of what is known.
//
// # Recognising an entry
//
// A row is a kept entry by the first of these rules, tried rule by rule over
// all rows, rows and entries in a canonical order, each used once:
//
//  1. its idTransacao is the entry's, before the entry's aliases;
//  2. the same endToEndId, operation, amount and type: a reversal carries the
//     endToEndId of what it reverses, under another type;
//  3. one side has no final id (none, or PROVISORIO_): the same date, type,
//     text, operation, amount and instant; then the same operation, amount and
//     instant, unless both carry different endToEndIds;
//  4. renumbered: another final id, the same type, text, operation, amount and
//     instant to the millisecond, and none of the entry's ids in the answer;
//  5. no ids at all: counted content, the nth of identical rows is the nth kept.
//
// Other rows are added, unless dated before CoveredFrom. An entry's own id is
// derived at first sight, begins with its date and never changes; later ids of
// the bank become aliases, and a provisional one never replaces a final one.
// Changed fields are modifications that keep the old value; what a row leaves
// out stays as it was.
//
// Several answers of a run are taken one after another, each against what the
// one before left, so a provisional row that became final between two answers
// is one entry.
//
// # What is missing
//
// An entry is missing when no answer shows it though its inclusion day and its
// date were read, it is not dated after the last banking day, and it is not
// older than the oldest row shown. Then the bank is asked a second time. What
// is still missing is judged by its own day's movement, which no other day's
// trouble disturbs: agrees with it, it is kept; agrees without, it is gone, and
// withdrawn on the second run date in a row; neither, it is open. A group of
// which some part sums to zero is blind to balances and needs five run dates
// over at least seven days, as where no balance is to be had. An answer that
// ends before something kept may be stale and proves nothing gone.
//
// While something is open what came is committed, nothing is proven, and the
// run is worth repeating before the next firing.
//
// # Proof
//
// D = balance(Q) - (opening + entries dated up to Q), Q the last banking day
// not after through. D = 0 proves every day up to Q. D as remembered: unproven
// as before, and no further question. Any other D: a second answer, the
// opening again, then the first day that disagrees by halving; where no answer
// shows its surroundings they are read. The days before it are proven, those
// from it on unproven by D. A search that runs out of calls goes on with the
// next run, from the days that it proved and the day that it knows to differ.
//
// # Invariants, and the test that holds each
//
//   - whatever the bank does, quiet weeks end with its multiset, each entry
//     once, every day proven, the feed's reader holding the same; nothing is
//     ever deleted; a run stays within 4 statement and 7 balance calls; the
//     running total is the sum of the entries; a proven day balances:
//     TestAnyTroubleEndsWithTheBanksStatement
//   - the order of rows does not matter: TestOrderDoesNotMatter
//   - the same range again changes nothing: TestFirstAndDailyProven
//   - the rules of recognition: TestPairing, TestTwinBesideItsTwin,
//     TestRenumbered, TestProvisionalBecomesFinal, TestCountedContent,
//     TestLateRowWithAnOldDateIsRecognised
//   - an id is never given twice: TestIDOfARowThatLaterGotOneIsNotGivenTwice
//   - old values are kept: TestModified, TestWhatAnAnswerLeavesOutIsKept
//   - nothing is withdrawn on one answer, one run date, a stale answer or a
//     balance that cannot tell: TestOneAnswerDecidesNothing,
//     TestWithdrawnOnTheSecondRunDate, TestGoneMustBeInARow,
//     TestAnEarlierRunDateCountsNothing,
//     TestSeenAgainStartsTheCountAnew, TestStaleAnswerWithdrawsNothing,
//     TestBlindPairWaitsLonger, TestBlindNeedsFiveRunDates,
//     TestOmittedOnceIsKept, TestWhatWasNotReadIsNotMissing
//   - nothing is proven while something is open, and nothing that failed moves
//     the ledger forward: TestNothingIsProvenWhileSomethingIsOpen,
//     TestNeitherWithNorWithoutIsOpen, TestSevenOfSixtyDays,
//     TestEmptyAnswerForActiveAccount
//   - a difference costs its search once: TestBalanceOffFromADay
package merge
