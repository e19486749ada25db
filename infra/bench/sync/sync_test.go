package sync

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

func TestMain(m *testing.M) {
	if !Child() {
		os.Exit(m.Run())
	}
}

// One account under the function: what Measure measures of it is there, and is
// what the design says that does not depend on the machine.
func TestADayOfOneAccount(t *testing.T) {
	t.Parallel()
	r, err := openRig(t.Context(), "../../..")
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	c, err := r.enable(t.Context(), intertest.EC)
	if err != nil {
		t.Fatal(err)
	}
	c.bank.Generate(intertest.Exactly(ordinary*20), firstThrough.AddDays(-18), firstThrough.AddDays(1))
	p := r.start(limit)
	defer p.pool.Close()
	if err := p.run(t.Context(), c.message(firstThrough, statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	r.bank.ResetCounters()
	r.meter.since()
	if err := p.run(t.Context(), c.message(firstThrough.AddDays(1), statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	used, asked := r.meter.since(), r.bank.Counters()
	write, read, err := r.over(t.Context(), c)
	if err != nil || write > overWritten || read > overRead {
		t.Errorf("%.1f write and %.1f read units more than the entries cost, %v", write, read, err)
	}
	want := map[intertest.Endpoint]int{intertest.Token: 1, intertest.Statement: 1, intertest.Balance: 1}
	if d := cmp.Diff(want, asked.Requests); d != "" || asked.Handshakes != 1 {
		t.Errorf("%d connections, requests (-want +got):\n%s", asked.Handshakes, d)
	}
	// Six new entries cost at least 12, their day and the head 4; the window has
	// more than one unit's worth.
	if used.Transactions != 1 || used.Write < 16 || used.Read < 4 {
		t.Errorf("DynamoDB says %+v", used)
	}
	if p.cpu() <= 0 || p.peak() < 5 || p.peak() > maxResident {
		t.Errorf("CPU %s, %.0f MB resident", p.cpu(), p.peak())
	}
}

func TestChild(t *testing.T) {
	t.Parallel()
	bank, err := intertest.New(intertest.Options{Key: intertest.EC})
	if err != nil {
		t.Fatal(err)
	}
	if err := bank.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer bank.Close()
	i := bank.Issue("bench")
	o := order{BankURL: bank.URL(), BankCA: bank.CAPEM(), Times: 3, Certificate: i.Certificate(), Key: i.Key()}
	took, err := inChild(t.Context(), o)
	if err != nil || took.CPU <= 0 || took.Peak < 5 || bank.Counters().Handshakes != 3 {
		t.Errorf("%+v, %v; %d handshakes", took, err, bank.Counters().Handshakes)
	}
	o.Key = "no key"
	if _, err := inChild(t.Context(), o); err == nil {
		t.Error("a child that failed is told as done")
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	item := map[string]types.AttributeValue{
		"PK":   &types.AttributeValueMemberS{Value: "ação"},  // 2 + 6
		"n":    &types.AttributeValueMemberN{Value: "12345"}, // 1 + 3 + 1
		"flag": &types.AttributeValueMemberBOOL{Value: true}, // 4 + 1
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{ // 1 + 3
			&types.AttributeValueMemberS{Value: "ab"}, // 1 + 2
			&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{ // 1 + 3
				"k": &types.AttributeValueMemberS{Value: "v"}}}}}, // 1 + 1 + 1
	}
	if got, want := size(item), 8+5+5+4+3+4+3; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	m := &meter{}
	for _, answer := range []struct{ operation, text string }{
		{"GetItem", `{"ConsumedCapacity":{"CapacityUnits":1},"Item":{}}`},
		{"Query", `{"ConsumedCapacity":{"CapacityUnits":2.5}}`},
		{"PutItem", `{"ConsumedCapacity":{"CapacityUnits":3}}`},
		{"TransactWriteItems", `{"ConsumedCapacity":[{"CapacityUnits":8,"WriteCapacityUnits":8},{"CapacityUnits":4,"WriteCapacityUnits":2,"ReadCapacityUnits":2}]}`},
		{"GetItem", `{"message":"no"}`},
		{"GetItem", `not JSON`},
	} {
		m.add(answer.operation, []byte(answer.text))
	}
	if d := cmp.Diff(spent{Read: 5.5, Write: 13, Transactions: 1}, m.since()); d != "" {
		t.Errorf("spent (-want +got):\n%s", d)
	}
	if d := cmp.Diff(spent{}, m.since()); d != "" {
		t.Errorf("since then (-want +got):\n%s", d)
	}
}
