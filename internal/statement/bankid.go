package statement

import (
	"encoding/base64"
	"strings"
)

// BankID is what an idTransacao says when it is decoded:
// base64([PROVISORIO_]001_00019_<account>_<date>_<number>).
type BankID struct {
	Provisional bool
	Account     string // the account's number with its digit, digits only, no zeros in front
	Date        Date
	Number      string
}

// maxAccount bounds an account's number; those seen have 9 digits.
const maxAccount = 20

// ParseBankID decodes an idTransacao. The shape is known from recordings, not
// promised by the bank: ok is false for any other, and an id is used as opaque
// text then.
func ParseBankID(id string) (b BankID, ok bool) {
	text, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		return BankID{}, false
	}
	rest, provisional := strings.CutPrefix(string(text), "PROVISORIO_")
	part := strings.Split(rest, "_")
	if len(part) != 5 || part[4] == "" {
		return BankID{}, false
	}
	// The number becomes part of a key, and is compared with what a person gave
	// for x-conta-corrente, which has no zeros in front.
	account := strings.TrimLeft(part[2], "0")
	if account == "" || len(account) > maxAccount || strings.Trim(account, "0123456789") != "" {
		return BankID{}, false
	}
	date, err := ParseDate(part[3])
	if err != nil {
		return BankID{}, false
	}
	return BankID{Provisional: provisional, Account: account, Date: date, Number: part[4]}, true
}

// AccountNumber returns the account's number that the rows' ids name, without
// leading zeros, or "" where no id tells it or two ids disagree.
func AccountNumber(rows []Row) string {
	number := ""
	for _, r := range rows {
		id, ok := ParseBankID(r.BankID)
		if !ok {
			continue
		}
		n := strings.TrimLeft(id.Account, "0")
		if number != "" && n != number {
			return ""
		}
		number = n
	}
	return number
}
