package front

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// write turns a function's answer into HTTP. With a statusCode it is taken as
// a response; any other JSON is the body of a 200, as payload format 2.0 has it.
func write(w http.ResponseWriter, answer []byte) {
	var a struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Cookies    []string          `json:"cookies"`
		Body       string            `json:"body"`
		Base64     bool              `json:"isBase64Encoded"`
	}
	if !json.Valid(answer) {
		say(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(answer, &fields) // not an object: no fields
	if _, shaped := fields["statusCode"]; !shaped {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
		return
	}
	err := json.Unmarshal(answer, &a)
	body := []byte(a.Body)
	if err == nil && a.Base64 {
		body, err = base64.StdEncoding.DecodeString(a.Body)
	}
	if err != nil || a.StatusCode < 200 || a.StatusCode > 599 {
		say(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8") // unless the function says
	for name, value := range a.Headers {
		if http.CanonicalHeaderKey(name) != "Content-Length" { // counted anew
			h.Set(name, value)
		}
	}
	for _, c := range a.Cookies {
		h.Add("Set-Cookie", c)
	}
	w.WriteHeader(a.StatusCode)
	_, _ = w.Write(body)
}
