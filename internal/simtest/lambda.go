package simtest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/syncer"
)

// lambda is Lambda and its event source mapping of the sync queue.
type lambda struct {
	w        *World
	client   *sqs.Client
	reorder  int                  // receives that are still to come in another order
	poisoned int                  // bodies that are no message, put on the queue
	lost     map[string]int       // by message id: processes that ended without an answer
	rest     map[string]time.Time // by message id: before when it may not come again
	held     []held
	number   int // of processes
}

// held is a message that SQS keeps back.
type held struct {
	until time.Time
	body  string
}

func newLambda(w *World) *lambda {
	l := &lambda{w: w, client: w.sqsClient(), lost: map[string]int{}, rest: map[string]time.Time{}}
	w.createQueues(l.client)
	return l
}

// send puts a body on the sync queue.
func (l *lambda) send(body string) {
	_, err := l.client.SendMessage(context.Background(), &sqs.SendMessageInput{QueueUrl: queueURL(syncQueue), MessageBody: &body})
	l.w.must(err)
}

func (l *lambda) sendMessage(m statement.Message) {
	body, err := json.Marshal(m)
	l.w.must(err)
	l.send(string(body))
}

// pump delivers until the queue is empty, or until a time.
func (l *lambda) pump(until time.Time) {
	for !l.w.failed() && time.Now().Before(until) {
		l.release()
		depths, _ := l.w.cloud.Depths()
		switch d := depths[syncQueue]; {
		case d.Total() == 0:
			return
		case d.Visible == 0:
			time.Sleep(min(30*time.Second, time.Until(until)))
			continue
		}
		batch := l.receive()
		for _, group := range l.grouped(batch) {
			l.deliver(group)
		}
	}
}

// release sends what was kept back long enough.
func (l *lambda) release() {
	now := time.Now()
	l.held = slices.DeleteFunc(l.held, func(h held) bool {
		due := !now.Before(h.until)
		if due {
			l.send(h.body)
		}
		return due
	})
}

// receive takes what is visible, up to a batch, or all of it in another order.
func (l *lambda) receive() []types.Message {
	var all []types.Message
	for {
		out, err := l.client.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: queueURL(syncQueue), MaxNumberOfMessages: 10,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount}})
		l.w.must(err)
		for _, m := range out.Messages {
			l.checkRested(m)
		}
		all = append(all, out.Messages...)
		if l.reorder == 0 || len(out.Messages) == 0 || len(all) >= 50 {
			break
		}
	}
	if l.reorder > 0 && len(all) > 1 {
		l.reorder--
		l.w.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	return all
}

// grouped divides a batch by account, in the order of first messages; what
// faults want of a message happens here.
func (l *lambda) grouped(batch []types.Message) [][]types.Message {
	var groups [][]types.Message
	at := map[statement.Ref]int{}
	for _, m := range batch {
		ref := refOf(*m.Body)
		if a := l.w.byRef[ref]; a != nil {
			for ; a.copies > 0; a.copies-- {
				l.send(*m.Body)
			}
			if a.withhold > 0 {
				l.held = append(l.held, held{time.Now().Add(a.withhold), *m.Body})
				l.delete(m)
				a.withhold = 0
				continue
			}
		}
		i, ok := at[ref]
		if !ok || ref == (statement.Ref{}) {
			i = len(groups)
			groups, at[ref] = append(groups, nil), i
		}
		groups[i] = append(groups[i], m)
	}
	return groups
}

// refOf reads whom a body is about, without the product's code.
func refOf(body string) statement.Ref {
	var m struct{ Tenant, Account string }
	_ = json.Unmarshal([]byte(body), &m)
	return statement.Ref{Tenant: statement.TenantID(m.Tenant), Account: statement.AccountID(m.Account)}
}

// deliver invokes functions/sync with the messages of one account.
func (l *lambda) deliver(group []types.Message) {
	ref := refOf(*group[0].Body)
	a := l.w.byRef[ref]
	var armed []*Armed
	if a != nil {
		armed = a.arms(&a.armed)
	}
	before := l.w.headVersion(ref)
	first, again := l.invoke(group, ref, armed, gateOf(armed))
	if _, stopped := first.Wait(); stopped {
		l.meanwhile(a, ref, group, armed, before)
		first.Resume()
		first.Finish()
	}
	l.settle(a, group, first, *again)
	if a == nil {
		return
	}
	l.w.afterMessages(a, group, first, *again, before)
	l.w.checkTemporary(a, group, first)
	l.w.checkParkedByOwn(a, first)
	a.moving = false
}

// meanwhile is what happens while a process is stopped at its gate.
func (l *lambda) meanwhile(a *Account, ref statement.Ref, group []types.Message, armed []*Armed, before int64) {
	gate := armed[slices.IndexFunc(armed, func(f *Armed) bool { return f.Gate })]
	gate.met++
	l.w.count(func(f *Figures) { f.Faults[gate.Kind.Name]++ })
	if gate.Meanwhile != nil {
		gate.Meanwhile(l.w, a, group)
		return
	}
	if a != nil && l.w.rand.IntN(2) == 0 {
		a.book(l.w.rand, 1+l.w.rand.IntN(20), intertest.Entry{}) // what was read is not what is there any more
		a.moving = true
	}
	second, again := l.invoke(group, ref, nil, nil)
	second.Finish()
	l.settle(a, group, second, *again)
	if a != nil {
		l.w.checkAccount(a)
		a.moving = a.moving && l.w.headVersion(ref) == before
	}
}

// gateOf returns the gate that armed faults ask for, nil where none does.
func gateOf(armed []*Armed) func(Effect) bool {
	i := slices.IndexFunc(armed, func(a *Armed) bool { return a.Gate })
	if i < 0 {
		return nil
	}
	return func(e Effect) bool { return e.N == armed[i].Past }
}

// invoke does what functions/sync/event.go does, in a process.
func (l *lambda) invoke(group []types.Message, ref statement.Ref, armed []*Armed, gate func(Effect) bool) (*Process, *[]string) {
	deliveries := make([]syncer.Delivery, len(group))
	for i, m := range group {
		receives, err := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
		l.w.must(err)
		deliveries[i] = syncer.Delivery{ID: *m.MessageId, Receipt: *m.ReceiptHandle, Body: *m.Body, Receives: receives}
	}
	l.number++
	l.w.count(func(f *Figures) { f.Syncs += len(group) })
	var again []string
	idle := !l.w.active(ref)
	p := l.w.Start("sync "+strconv.Itoa(l.number)+" "+ref.String(), ref, armed, gate, func(ctx context.Context) { again = l.w.batch.Run(ctx, deliveries) })
	p.idle = idle
	return p, &again
}

// settle deletes what a process did. What ended without an answer comes again
// when its visibility ends.
func (l *lambda) settle(a *Account, group []types.Message, p *Process, again []string) {
	l.w.countReached(p)
	l.w.checkLeftAlone(p)
	l.w.checkTriedAgain(p)
	for _, m := range group {
		switch {
		case p.Lost():
			l.lost[*m.MessageId]++
		case slices.Contains(again, *m.MessageId):
			l.rests(m, p)
		case a != nil && a.undeleted > 0:
			a.undeleted--
		default:
			l.delete(m)
		}
	}
}

func (l *lambda) delete(m types.Message) {
	_, err := l.client.DeleteMessage(context.Background(), &sqs.DeleteMessageInput{QueueUrl: queueURL(syncQueue), ReceiptHandle: m.ReceiptHandle})
	l.w.must(err)
}

// deadLettersNow receives all that the dead-letter queue holds.
func (l *lambda) deadLettersNow() []types.Message {
	var all []types.Message
	for {
		out, err := l.client.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: queueURL(deadLetters), MaxNumberOfMessages: 10,
			VisibilityTimeout: 3600, MessageAttributeNames: []string{"All"}})
		l.w.must(err)
		if len(out.Messages) == 0 {
			return all
		}
		all = append(all, out.Messages...)
	}
}
