package controls

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (o Options) token(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	tenant := q.Get("tenant")
	if tenant == "" {
		say(w, http.StatusBadRequest, "tenant is missing: /_local/token?tenant=acme")
		return
	}
	scopes := o.Scopes
	if q.Has("scope") {
		scopes = strings.Join(q["scope"], " ")
	}
	token, err := o.Mint(tenant, scopes)
	if err != nil {
		say(w, http.StatusInternalServerError, err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]string{"token": token})
}

func (o Options) schedule(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	var asked struct {
		Time *string `json:"time"`
	}
	if err == nil && len(bytes.TrimSpace(body)) > 0 {
		err = json.Unmarshal(body, &asked)
	}
	at := time.Now()
	if err == nil && asked.Time != nil {
		at, err = time.Parse(time.RFC3339, *asked.Time)
	}
	if err != nil {
		say(w, http.StatusBadRequest, `the body must be {"time":"2026-11-23T09:00:00Z"}, or empty for now`)
		return
	}
	got, err := o.Schedule(r.Context(), at)
	switch {
	case errors.Is(err, ErrTooFar):
		say(w, http.StatusBadRequest, err.Error())
		return
	case err != nil:
		say(w, http.StatusBadGateway, "the fan-out failed: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(bytes.TrimSpace(got), '\n'))
}

// look is how often idle looks again.
const look = 50 * time.Millisecond

// maxWait bounds how long a request may wait.
const maxWait = time.Hour

func (o Options) idle(w http.ResponseWriter, r *http.Request) {
	seconds := 60.0
	if text := r.URL.Query().Get("timeout"); text != "" {
		var err error
		if seconds, err = strconv.ParseFloat(text, 64); err != nil || !(seconds >= 0 && seconds <= maxWait.Seconds()) {
			say(w, http.StatusBadRequest, "timeout must be a number of seconds from 0 to 3600")
			return
		}
	}
	over := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer over.Stop()
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		left, err := o.Left(r.Context())
		if err != nil {
			say(w, http.StatusBadGateway, "the queues cannot be asked: "+err.Error())
			return
		}
		if left.Idle() {
			answer(w, http.StatusOK, map[string]any{"idle": true, "dlq": left.DeadLetter})
			return
		}
		select {
		case <-again.C:
		case <-over.C:
			answer(w, http.StatusGatewayTimeout, struct {
				Idle bool `json:"idle"`
				Left
			}{false, left})
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (o Options) credentials(w http.ResponseWriter, r *http.Request) {
	c, err := o.Credentials(r.URL.Query().Get("account"))
	switch {
	case errors.Is(err, ErrBadAccount):
		say(w, http.StatusBadRequest, err.Error())
	case err != nil:
		say(w, http.StatusInternalServerError, err.Error())
	default:
		answer(w, http.StatusOK, c)
	}
}
