package inter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"extrato/internal/statement"
)

// pageSize is what one call asks for, and the most that the bank gives; beyond
// it the bank's paging does not reach.
const pageSize = 10_000

// page is one answer of extrato/completo.
type page struct {
	total int  // totalElementos
	pages *int // totalPaginas
	here  *int // numeroDeElementos
	first *bool
	last  *bool
	// rows is empty where total is above pageSize and was told before the rows:
	// they will be read again in narrower ranges.
	rows []statement.Row
	sent int // rows in the answer
}

// decodePage reads an answer row by row while it arrives. Its errors, other
// than those of r, say what is wrong with the answer.
func decodePage(r io.Reader) (page, error) {
	var (
		p     page
		total *int
		rows  bool
	)
	dec := json.NewDecoder(r)
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return page{}, malformed("the answer is not a JSON object", err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return page{}, malformed("the answer is not JSON", err)
		}
		switch key {
		case "transacoes":
			if rows {
				return page{}, errors.New("transacoes is there twice")
			}
			rows, err = true, p.decodeRows(dec, total)
		case "totalElementos":
			total, err = decodeCount(dec)
		case "totalPaginas":
			p.pages, err = decodeCount(dec)
		case "numeroDeElementos":
			p.here, err = decodeCount(dec)
		case "primeiraPagina":
			p.first, err = decodeFlag(dec)
		case "ultimaPagina":
			p.last, err = decodeFlag(dec)
		default:
			var other json.RawMessage
			err = dec.Decode(&other)
		}
		if err != nil {
			return page{}, malformed(fmt.Sprint(key), err)
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return page{}, malformed("the answer ends early", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return page{}, malformed("something follows the answer", err)
	}
	switch {
	case !rows:
		return page{}, errors.New("transacoes is missing")
	case total == nil:
		return page{}, errors.New("totalElementos is missing")
	case p.here != nil && *p.here != p.sent:
		return page{}, fmt.Errorf("numeroDeElementos is %d, but there are %d rows", *p.here, p.sent)
	}
	p.total = *total
	return p, nil
}

// decodeRows reads the array of rows; total is nil while it is not known.
func (p *page) decodeRows(dec *json.Decoder, total *int) error {
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return malformed("is not a list", err)
	}
	keep := total == nil || *total <= pageSize
	if total != nil && keep {
		p.rows = make([]statement.Row, 0, *total)
	}
	var raw json.RawMessage // one buffer for all rows
	for ; dec.More(); p.sent++ {
		if err := dec.Decode(&raw); err != nil {
			return malformed(fmt.Sprintf("[%d] is not JSON", p.sent), err)
		}
		if p.sent == pageSize {
			return fmt.Errorf("has more than the %d rows asked for", pageSize)
		}
		if !keep {
			continue
		}
		row, err := decodeRow(raw)
		if err != nil {
			return fmt.Errorf("[%d] %w", p.sent, err)
		}
		p.rows = append(p.rows, row)
	}
	_, err := dec.Token() // the closing bracket
	return err
}

// decodeCount reads a counter: a whole number, not negative, or its text. null
// is nil.
func decodeCount(dec *json.Decoder) (*int, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return nil, err
	}
	text, ok := scalar(raw)
	if ok && text == "" && raw[0] == 'n' {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 0 {
		return nil, errors.New("is not a count")
	}
	return &n, nil
}

// decodeFlag reads true or false; null is nil.
func decodeFlag(dec *json.Decoder) (*bool, error) {
	var flag *bool
	if err := dec.Decode(&flag); err != nil {
		return nil, errors.New("is not true or false")
	}
	return flag, nil
}

// malformed says what is wrong, with the decoder's words where it has some.
func malformed(what string, err error) error {
	if err == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, err)
}
