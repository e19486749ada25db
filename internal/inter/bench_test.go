package inter

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"extrato/internal/statement"
)

// tenThousand is an answer of 10,000 rows in the bank's compact form, with the
// details of a Pix in each: about 9 MB.
func tenThousand() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"totalPaginas":1,"totalElementos":%d,"ultimaPagina":true,"primeiraPagina":true,"tamanhoPagina":%[1]d,"numeroDeElementos":%[1]d,"transacoes":[`, pageSize)
	for i := range pageSize {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"idTransacao":"MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDI2LTAxLTA1Xz%08d==","dataInclusao":"2026-01-05 18:43:34.%03d","dataTransacao":"2026-01-05",`+
			`"tipoTransacao":"PIX","tipoOperacao":"D","valor":"%d.42","titulo":"Pix enviado ","descricao":"FORNECEDOR EXEMPLO %02d LTDA","numeroDocumento":"%d",`+
			`"detalhes":{"txId":"Rv1pt4pjd2jtjdzx5nafhtjks7","nomePagador":"EMPRESA EXEMPLO COMERCIO LTDA","descricaoPix":"Serviço de manutenção","cpfCnpjPagador":"00532602000187",`+
			`"contaBancariaRecebedor":"17687786","nomeEmpresaPagador":"Banco Inter","tipoDetalhe":"COMPLETE","endToEndId":"E00416968202601052143ghzKRVgnb%02d",`+
			`"chavePixRecebedor":"+5531985443142","nomeEmpresaRecebedor":"BCO SANTANDER 0BRASIL0 S.A.","nomeRecebedor":"FORNECEDOR EXEMPLO %[4]d LTDA",`+
			`"agenciaRecebedor":"0089","cpfCnpjRecebedor":"04993960654","origemMovimentacao":"CHAVE"}}`, i, i%1000, i, i%100, i, i%100)
	}
	b.WriteString("]}")
	return b.Bytes()
}

func BenchmarkDecode10000(b *testing.B) {
	text := tenThousand()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var kept page
	for b.Loop() {
		var err error
		if kept, err = decodePage(&body{from: bytes.NewReader(text), left: maxStatementBody}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	if len(kept.rows) != pageSize || kept.rows[9].Operation != statement.Debit {
		b.Fatal("not decoded")
	}
	kept = page{}
	runtime.GC()
	runtime.ReadMemStats(&without)
	b.ReportMetric(float64(with.HeapAlloc-without.HeapAlloc)/1e6, "MB-kept")
}

// BenchmarkDecode60 is an ordinary day.
func BenchmarkDecode60(b *testing.B) {
	text := tenThousand()
	cut := bytes.Index(text, []byte(`,{"idTransacao":"MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDI2LTAxLTA1Xz00000060`))
	text = append(text[:cut:cut], "]}"...)
	text = bytes.Replace(text, []byte(`"numeroDeElementos":10000`), []byte(`"numeroDeElementos":60`), 1)
	text = bytes.Replace(text, []byte(`"totalElementos":10000`), []byte(`"totalElementos":60`), 1)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := decodePage(bytes.NewReader(text)); err != nil || len(p.rows) != 60 {
			b.Fatal(err)
		}
	}
}
