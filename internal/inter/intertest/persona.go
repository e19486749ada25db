package intertest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// party is somebody with a bank account. All are invented: names say so, and
// the check digits of their CPF and CNPJ are wrong.
type party struct {
	name  string
	taxID string
	pix   string
	bank  institution
}

type institution struct{ name, ispb string }

// persona is the company behind an account and the people it deals with.
type persona struct {
	self      party
	customers []party
	suppliers []party
	staff     []party
	landlord  party
	acquirer  string // tipoTransacao of its card settlements
	payday    int    // banking day of the month
	salaries  []float64
}

var inter = institution{"BANCO INTER S.A.", "00416968"}

// institutions are written as the bank writes them, mangled names included.
func institutions() []institution {
	return []institution{
		{"BCO DO BRASIL S.A.", "00000000"}, {"ITAU UNIBANCO S.A.", "60701190"}, {"BCO BRADESCO S.A.", "60746948"},
		{"CAIXA ECONOMICA FEDERAL", "00360305"}, {"BCO SANTANDER 0BRASIL0 S.A.", "90400888"},
		{"NU PAGAMENTOS - IP", "18236120"}, {"STONE IP", "16501555"}, {"COOP SICREDI EXEMPLO", "01181521"},
	}
}

// newPersona invents the company of an account; the same for the same seed.
func newPersona(seed int64, number string) persona {
	r := stream(seed, number, "persona")
	trades := []string{"Comercial", "Padaria", "Mercado", "Oficina", "Papelaria", "Confecções", "Farmácia", "Distribuidora", "Serviços", "Transportes"}
	places := []string{"Aurora", "Central", "São João", "do Vale", "Boa Vista", "Conceição", "Horizonte", "Praça Nova", "União", "Três Irmãos"}
	given := []string{"Ana", "João", "Mariana", "José", "Luíza", "Antônio", "Beatriz", "Caio", "Débora", "Inês"}
	family := []string{"Souza", "Gonçalves", "Araújo", "Conceição", "Lima", "Magalhães", "Assunção", "Rocha"}
	company := func(i int) party {
		name := fmt.Sprintf("%s %s Exemplo %02d Ltda", pick(r, trades), pick(r, places), i)
		return party{name: name, taxID: wrongCNPJ(r), bank: pick(r, institutions())}
	}
	person := func(i int) party {
		name := fmt.Sprintf("%s %s Modelo %02d", pick(r, given), pick(r, family), i)
		return party{name: name, taxID: wrongCPF(r), bank: pick(r, institutions())}
	}
	group := func(n int, invent func(int) party) []party {
		parties := make([]party, n)
		for i := range parties {
			parties[i] = invent(i + 1)
			parties[i].pix = pixKey(r, parties[i])
		}
		return parties
	}
	p := persona{
		self:      party{name: fmt.Sprintf("%s %s Simulada Ltda", pick(r, trades), pick(r, places)), taxID: wrongCNPJ(r), bank: inter},
		customers: append(group(9, company), group(12, person)...),
		suppliers: group(10, company),
		staff:     group(3+r.IntN(4), person),
		landlord:  group(1, person)[0],
		acquirer:  pick(r, []string{"DOMICILIO_CARTAO", "MAQUININHA_GRANITO"}),
		payday:    5,
	}
	for range p.staff {
		p.salaries = append(p.salaries, float64(150+r.IntN(200))*10)
	}
	return p
}

func pixKey(r *rand.Rand, p party) string {
	switch r.IntN(4) {
	case 0:
		return p.taxID
	case 1:
		return fmt.Sprintf("pix%04d@exemplo.test", r.IntN(10_000))
	case 2:
		return "+550000" + text(r, 7, digits) // no such area code
	}
	hex := text(r, 32, "0123456789abcdef")
	return strings.Join([]string{hex[:8], hex[8:12], "4" + hex[13:16], "8" + hex[17:20], hex[20:]}, "-")
}

// wrongCNPJ returns 14 digits whose first check digit is off by one.
func wrongCNPJ(r *rand.Rand) string {
	body := text(r, 8, digits) + "0001"
	return body + spoiled(body, []int{5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}) + text(r, 1, digits)
}

// wrongCPF returns 11 digits whose first check digit is off by one.
func wrongCPF(r *rand.Rand) string {
	body := text(r, 9, digits)
	return body + spoiled(body, []int{10, 9, 8, 7, 6, 5, 4, 3, 2}) + text(r, 1, digits)
}

func spoiled(body string, weights []int) string {
	sum := 0
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	digit := 0
	if rest := sum % 11; rest > 1 {
		digit = 11 - rest
	}
	return fmt.Sprint((digit + 1) % 10)
}
