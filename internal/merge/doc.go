// Package merge decides what an answer of the bank changes in what is kept. It
// is pure: no clock, no network, no database, and the same input gives the
// same plan whatever the order of the rows.
//
// # Identity
//
// A row is recognised as a kept entry by these rules, each entry and each row
// used at most once:
//
//  1. its idTransacao is the entry's, or one of the entry's aliases;
//  2. a row without any id, by counted content: of n identical rows of a day
//     the nth is the nth entry kept with that content.
//
// What no rule recognises is added, unless it is dated before CoveredFrom. The
// entry's own id is derived at first sight from the identity that recognised
// it and begins with its date, so that two workers that see the same row make
// the same entry. True twins, which differ in nothing but the bank's id, stay
// two entries; two rows that are equal in everything and carry no id are two.
//
// # Invariants, and the test that holds each
//
//   - the order of rows does not matter: TestOrderDoesNotMatter
//   - merging the same answer again adds nothing: TestSecondMergeIsEmpty
//   - overlapping reads end with each row once: TestOverlappingReads
//   - of two equal rows, later three, exactly three are kept: TestCountedContent
//   - a day's item equals the sum of its entries: TestDays
package merge
