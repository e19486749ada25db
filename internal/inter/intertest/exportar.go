package intertest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// pdfLines is how many entries the exported page shows.
const pdfLines = 60

// exportar answers GET /banking/v2/extrato/exportar: a PDF of one page with
// the newest entries, in base64 within JSON. It is a real PDF, not a likeness
// of the bank's.
func (b *Bank) exportar(c *call, a *Account) answer {
	q, bad := readPeriod(c)
	if len(bad) > 0 {
		return b.invalid(c, bad...)
	}
	a.mu.Lock()
	chosen := a.choose(q, c.behaviour)
	lines := []string{fmt.Sprintf("Conta %s: %d entries included %s to %s", a.number, len(chosen), q.from, q.to)}
	for _, l := range chosen[:min(len(chosen), pdfLines)] {
		lines = append(lines, fmt.Sprintf("%s  %s  %s", l.Date, l.Amount, l.Description))
	}
	a.mu.Unlock()
	pdf := base64.StdEncoding.EncodeToString(pdfOf(lines))
	return answer{status: http.StatusOK, body: object{}.text("pdf", pdf).bytes()}
}

// pdfOf writes lines on one A4 page. What is not ASCII becomes a question mark.
func pdfOf(lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 9 Tf 40 800 Td 12 TL\n")
	escape := strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)
	for _, l := range lines {
		ascii := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return '?'
			}
			return r
		}, l)
		fmt.Fprintf(&text, "(%s) Tj T*\n", escape.Replace(ascii))
	}
	text.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}
