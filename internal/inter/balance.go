package inter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"

	"extrato/internal/statement"
)

// Balance returns the balance available at the end of a day, to the cent. It
// may be negative. On a day that is not a banking day the bank answers with the
// last one before, which Reference names.
func (s *Session) Balance(ctx context.Context, day statement.Date) (statement.Balance, error) {
	if _, err := statement.ParseDate(string(day)); err != nil {
		return statement.Balance{}, fmt.Errorf("bank balance: %w", err)
	}
	b := statement.Balance{Date: day}
	err := s.get(ctx, callBalance, url.Values{"dataSaldo": {string(day)}}, func(body io.Reader) (err error) {
		b.Amount, b.Reference, err = decodeBalance(body)
		return err
	})
	if err != nil {
		return statement.Balance{}, err
	}
	return b, nil
}

// decodeBalance reads disponivel and dataReferencia. The amount is taken from
// the digits as sent, 2850.55 or 1.5E7, never by way of a float.
func decodeBalance(r io.Reader) (statement.Cents, statement.Date, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return 0, "", err
	}
	var raw json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return 0, "", fmt.Errorf("the answer is not JSON: %w", err)
	}
	var amount, reference []byte
	err = members(raw, func(key, value []byte) error {
		var to *[]byte
		switch string(key) {
		case "disponivel":
			to = &amount
		case "dataReferencia":
			to = &reference
		default:
			return nil
		}
		if *to != nil {
			return fmt.Errorf("%s is there twice", key)
		}
		*to = value
		return nil
	})
	if err != nil {
		return 0, "", err
	}
	digits, ok := scalar(amount)
	if !ok || digits == "" {
		return 0, "", errors.New("disponivel is missing or not an amount")
	}
	cents, err := statement.ParseCents(digits)
	if err != nil {
		return 0, "", fmt.Errorf("disponivel %w", err)
	}
	day, ok := scalar(reference)
	if !ok {
		return 0, "", errors.New("dataReferencia is not a date")
	}
	if day == "" {
		return cents, "", nil
	}
	date, err := parseReference(day)
	if err != nil {
		return 0, "", fmt.Errorf("dataReferencia %w", err)
	}
	return cents, date, nil
}
