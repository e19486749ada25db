package intertest

import (
	"fmt"
	"time"

	"extrato/internal/statement"
)

// usual is one happening of a banking day: mostly one entry, two for twins.
func (t *today) usual() []Entry {
	one := func(f func() Entry) func() []Entry { return func() []Entry { return []Entry{f()} } }
	return choose(t.Rand, []weighted[func() []Entry]{
		{26, one(t.customerPix)}, {17, one(t.supplierPix)}, {12, one(t.boletoIn)}, {9, one(t.cards)},
		{13, one(func() Entry { return t.payment(t.supplierBill(), t.amount(60, 2200), t.at(7, 21)) })},
		{5, one(func() Entry { return t.payment(t.supplierBill(), t.amount(200, 2500), t.at(2, 5)) })},
		{4, one(func() Entry {
			return t.payment(t.utilityBill(pick(t.Rand, []string{"CIA EXEMPLO DE ENERGIA", "AGUAS MODELO SA", "SEFAZ SP DARE", "TELEFONICA EXEMPLO"})),
				t.amount(60, 900), t.at(8, 20))
		})},
		{4, one(t.purchase)}, {3, one(t.transferIn)}, {1, one(t.cashback)}, {2, t.twins},
	})()
}

// leisure is one happening of a day off: Pix and the debit card go on.
func (t *today) leisure() []Entry {
	return []Entry{choose(t.Rand, []weighted[func() Entry]{{6, t.customerPix}, {4, t.supplierPix}, {2, t.purchase}})()}
}

// due is what falls due today.
func (t *today) due() []Entry {
	var entries []Entry
	add := func(e Entry) { entries = append(entries, e) }
	nth := t.bankingDayOfMonth()
	if nth == 1 {
		add(t.fee("Tarifa mensalidade cobrança", 3990))
		add(t.interest())
	}
	if nth == t.persona.payday {
		at := t.at(17, 21)
		for i, who := range t.persona.staff {
			at = at.Add(time.Duration(300+t.IntN(400)) * time.Millisecond)
			add(t.pixOut(who, t.share(t.persona.salaries[i], 0.97), at, false, ""))
		}
	}
	if t.isDue(5) {
		add(t.pixOut(t.persona.landlord, 285_000, t.at(8, 12), false, "")) // the rent is the same every month
	}
	if t.isDue(7) {
		add(t.payment(t.tax("FGTS GRF CONVENIO 0179"), t.amount(500, 900), t.at(4, 6)))
	}
	if t.isDue(15) {
		add(t.payment(t.utilityBill("CIA EXEMPLO DE ENERGIA"), t.amount(400, 1500), t.at(8, 9)))
	}
	if t.isDue(20) {
		add(t.payment(t.tax("SIMPLES NACIONAL"), t.amount(1500, 4200), t.at(2, 4)))
		darf := t.payment(t.tax("DARF NUMERADO"), t.amount(300, 900), t.at(2, 4))
		darf.Type, darf.Title = "IMPOSTO", "Pagamento DARF"
		add(darf)
		for i, who := range t.persona.staff {
			add(t.pixOut(who, t.share(t.persona.salaries[i], 0.4), t.at(17, 18), false, "")) // the advance
		}
	}
	if t.isDue(28) {
		add(Entry{BookedAt: t.at(9, 16), Type: "INVESTIMENTO", Amount: -t.amount(20, 60) * 100,
			Title: "Aplicacao", Description: "CDB Liquidez Diária", History: "APLICACAO - CDB LIQUIDEZ DIARIA"})
	}
	return entries
}

// share is part of a salary in reais, near its usual.
func (t *today) share(salary, part float64) statement.Cents {
	return statement.Cents(salary * 100 * part * (0.98 + 0.04*t.Float64()))
}

func (t *today) tax(name string) bill {
	return bill{title: "Pagamento de Convênio", payee: name, issuer: name, history: "PAGAMENTO " + name + " - " + name, due: t.date}
}

func (t *today) customerPix() Entry {
	return t.pixIn(pick(t.Rand, t.persona.customers), t.amount(25, 2600), t.at(7, 23))
}

// supplierPix is late in the evening now and then, and then often still
// provisional, as in the recording.
func (t *today) supplierPix() Entry {
	at := t.at(7, 22)
	late := t.IntN(15) == 0
	if late {
		at = At(t.date, 23, 45+t.IntN(15), t.IntN(60), t.IntN(1000))
	}
	memo := pick(t.Rand, []string{"", "", fmt.Sprintf("Pedido %05d", t.IntN(100_000))})
	e := t.pixOut(pick(t.Rand, t.persona.suppliers), t.amount(15, 1600), at, t.IntN(3) == 0, memo)
	e.Provisional = late && t.IntN(2) == 0
	return e
}

// twins are two payments alike but for id, bar code and some milliseconds.
func (t *today) twins() []Entry {
	b, amount, at := t.utilityBill("CONCESSIONARIA EXEMPLO"), t.amount(80, 400), t.at(8, 20)
	return []Entry{t.payment(b, amount, at), t.payment(b, amount, at.Add(20*time.Millisecond))}
}

func (t *today) cards() Entry {
	brand := pick(t.Rand, []string{"Visa Crédito", "Visa Débito", "Mastercard Crédito", "Mastercard Débito", "Elo Débito"})
	return Entry{
		BookedAt: t.at(6, 9), Type: t.persona.acquirer, Amount: t.amount(180, 3800),
		Title: "Crédito domicílio cartão", Description: brand, History: "CREDITO DOMICILIO CARTAO - " + brand,
	}
}

func (t *today) purchase() Entry {
	shop := pick(t.Rand, []string{"POSTO EXEMPLO", "PAPELARIA MODELO", "RESTAURANTE MODELO", "SUPERMERCADO EXEMPLO"})
	return Entry{
		BookedAt: t.at(8, 22), Type: "COMPRA_DEBITO", Amount: -t.amount(18, 420),
		Title: "Compra no débito", Description: shop, History: "COMPRA CARTAO - COMPRA no estabelecimento " + shop,
		Details: Details("estabelecimento", shop, "tipoDetalhe", "COMPLETE"),
	}
}

func (t *today) transferIn() Entry {
	from := pick(t.Rand, t.persona.customers)
	at := t.at(8, 17)
	return Entry{
		BookedAt: at, Type: "TRANSFERENCIA", Amount: t.amount(300, 5000),
		Title: "Transferência recebida", Description: from.name, History: "TED RECEBIDA - " + from.name,
		Details: Details(
			"contaBancariaPagador", text(t.Rand, 7, digits), "descricaoTransferencia", "transferência",
			"agenciaPagador", "0001", "bancoRecebedor", inter.name, "contaBancariaRecebedor", t.number,
			"cpfCnpjRecebedor", t.persona.self.taxID, "cpfCnpjPagador", from.taxID, "nomePagador", from.name,
			"nomeEmpresaPagador", from.bank.name, "nomeRecebedor", t.persona.self.name, "tipoDetalhe", "COMPLETE",
			"idTransferencia", "PAG"+t.date.Time().Format("20060102")+text(t.Rand, 9, digits),
			"agenciaRecebedor", "0001", "dataEfetivacao", t.date.Time().Format("02/01/2006")),
	}
}

func (t *today) cashback() Entry {
	amount := t.amount(1, 20)
	return Entry{
		BookedAt: t.at(9, 18), Type: "CASHBACK", Amount: amount, Title: "Cashback", Description: "Recarga", History: "CASHBACK - RECARGA",
		Details: Details("valorCompra", padded(amount*20), "produto", "Recarga", "tipoDetalhe", "COMPLETE"),
	}
}

func (t *today) fee(title string, amount statement.Cents) Entry {
	return Entry{
		BookedAt: t.at(5, 7), Type: "TARIFA", Amount: -amount, Title: title, Description: "Inter Empresas", History: "TARIFA - MENSALIDADE",
		Details: Details("dataVencimento", string(t.date), "dataEmissao", string(t.date), "dataTransacao", string(t.date),
			"nossoNumero", "", "seuNumero", "", "codBarras", "", "endToEndId", ""),
	}
}

func (t *today) interest() Entry {
	return Entry{BookedAt: t.at(4, 6), Type: "JUROS", Amount: -t.amount(1, 40), Title: "Juros", Description: "Juros saldo devedor", History: "JUROS - SALDO DEVEDOR"}
}
