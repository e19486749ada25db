package front

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"extrato/infra/bench/figures"
)

// raw is what is written to a connection as it is.
type raw struct {
	what string
	want int // closed: the connection ends without an answer
	text string
	// half ends the client's side after the text; else it stays open.
	half bool
	// drip is written after the text, a byte at a time, pause between two, until
	// it is at its end or the connection is.
	drip  string
	pause time.Duration
}

// closed stands for a connection that is closed before there is a request: to
// whom would one answer?
const closed = 0

// head returns the head of an upload whose body has a length.
func head(c *customer, length int) string {
	return "PUT " + c.path("/integration") + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + c.token +
		"\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(length) + "\r\n\r\n"
}

// malformed returns what is no HTTP, or not all of it.
func malformed(c *customer) []raw {
	body := string(c.own.json())
	chunked := strings.Replace(head(c, 1), "Content-Length: 1", "Transfer-Encoding: chunked", 1)
	return []raw{
		{what: "no HTTP", want: 400, text: mark + "\r\n\r\n"},
		{what: "TLS to the port of plain HTTP", want: 400, text: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"},
		{what: "a length that is none", want: 400, text: strings.Replace(head(c, 1), ": 1\r", ": -1\r", 1)},
		{what: "two lengths", want: 400, text: strings.Replace(head(c, 1), "Content-Length: 1", "Content-Length: 1\r\nContent-Length: 2", 1) + body},
		{what: "a header without a colon", want: 400, text: strings.Replace(head(c, 0), "Content-Type: ", mark+" ", 1)},
		{what: "no host", want: 400, text: strings.Replace(head(c, 0), "Host: localhost\r\n", "", 1)},
		{what: "a body that breaks off", want: 400, text: head(c, len(body)) + body[:200], half: true},
		{what: "a chunk that is none", want: 400, text: chunked + "zz\r\n" + body + "\r\n0\r\n\r\n"},
		{what: "chunks that break off", want: 400, text: chunked + "ffff\r\n" + body, half: true},
	}
}

// slow returns clients that take their time. The first is in its right to.
func slow(c *customer) []raw {
	body := string(c.own.json())
	const pause = 250 * time.Millisecond
	return []raw{
		{what: "an upload that takes 3 s", want: 200, text: head(c, len(body)) + body[:len(body)-12], drip: body[len(body)-12:], pause: pause},
		{what: "a body of a byte now and then", want: 408, text: head(c, 60_000) + body, drip: strings.Repeat(" ", 60_000-len(body)), pause: pause},
		{what: "a body that stops", want: 408, text: head(c, 60_000) + body},
		{what: "headers of a byte now and then", want: closed, text: strings.TrimSuffix(head(c, 0), "\r\n") + "X-Slow: ", drip: strings.Repeat("x", 10_000), pause: pause},
		{what: "a connection without a word", want: closed},
	}
}

// slowest is how long a slow client is borne with: more than API Gateway's 30 s.
const slowest = 45 * time.Second

// play writes to a connection what r says, and returns the status that comes
// back. The answer is searched.
func play(ctx context.Context, c *customer, r raw) (int, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(slowest)); err != nil {
		return 0, err
	}
	answered := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		// What cannot be written any more was refused: the answer tells.
		_, err := io.WriteString(conn, r.text)
		for i := 0; i < len(r.drip) && err == nil; i++ {
			select {
			case <-answered:
				return
			case <-time.After(r.pause):
				_, err = conn.Write([]byte{r.drip[i]})
			}
		}
		if tcp, ok := conn.(*net.TCPConn); ok && r.half {
			_ = tcp.CloseWrite()
		}
	})
	defer writing.Wait()
	defer close(answered)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return 0, fmt.Errorf("neither answered nor closed within %s", slowest)
		}
		return closed, ctx.Err()
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // cut off or not, it is searched
	c.watch.search("the answer to "+r.what, fmt.Append(body, resp.Header), c.secrets)
	return resp.StatusCode, nil
}

// playAll plays all of them side by side, each for several clients, and counts
// those that do not end as they should.
func playAll(ctx context.Context, c *customer, what string, all []raw, each int) figures.Figure {
	t := &tally{}
	var clients sync.WaitGroup
	for _, r := range all {
		for range each {
			clients.Go(func() {
				status, err := play(ctx, c, r)
				if err == nil && status != r.want {
					err = fmt.Errorf("%s: %d, want %d", r.what, status, r.want)
				} else if err != nil {
					err = fmt.Errorf("%s: %w", r.what, err)
				}
				t.record(0, err)
			})
		}
	}
	clients.Wait()
	f := t.figure(what)
	if t.first == nil {
		f.Note = fmt.Sprintf("%d clients", len(all)*each)
	}
	return f
}
