package statement

import (
	"bytes"
	"encoding"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"
)

const marked = "MARKED-pr1vate"

// shows lists the shapes in which marked would show itself.
func shows(out string) []string {
	var found []string
	for _, shape := range []string{
		marked, "TUFSS0VELXByMXZhdGU", // base64
		fmt.Sprintf("%x", marked), fmt.Sprintf("%X", marked), fmt.Sprintf("% x", marked), fmt.Sprintf("%d", []byte(marked))[1:20],
	} {
		if strings.Contains(out, shape) {
			found = append(found, shape)
		}
	}
	return found
}

// holder is a type that holds secrets in every way: fmt cannot call methods on
// unexported fields, so it prints what it finds there.
type holder struct {
	Exported   Secret
	unexported Secret
	pointer    *Secret
	list       []Secret
	table      map[string]Secret
	any        any
	Credential Credential
	inner      Credential
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	s := NewSecret(marked)
	// Certificate and client id are no secrets: where fmt cannot call methods, they show.
	c := Credential{Certificate: "certificate", Key: s, ClientID: "id", ClientSecret: s}
	h := holder{s, s, &s, []Secret{s}, map[string]Secret{"k": s}, s, c, c}
	values := map[string]any{
		"Secret": s, "*Secret": &s, "[]Secret": []Secret{s}, "map": map[string]Secret{"k": s}, "struct": struct{ S Secret }{s},
		"Credential": c, "*Credential": &c, "[]Credential": []Credential{c}, "holder": h, "*holder": &h, "[]any": []any{s, &c},
	}
	for name, v := range values {
		for _, verb := range "vsqxXdobeEfFgGtcUTpw" {
			for _, flags := range []string{"", "+", "#", " ", "0", "-20", ".3", "+#"} {
				format := "%" + flags + string(verb)
				if verb == 'w' {
					if found := shows(fmt.Errorf(format, v).Error()); found != nil {
						t.Errorf("Errorf(%s) of %s shows %v", format, name, found)
					}
					continue
				}
				if found := shows(fmt.Sprintf(format, v)); found != nil {
					t.Errorf("%s of %s shows %v", format, name, found)
				}
			}
		}
		if found := shows(fmt.Sprint(v) + fmt.Sprintln(v)); found != nil {
			t.Errorf("Sprint of %s shows %v", name, found)
		}
		if text, err := json.Marshal(v); err != nil || shows(string(text)) != nil {
			t.Errorf("JSON of %s shows %v, %v", name, shows(string(text)), err)
		}
		if text, err := json.Marshal(map[string]any{"in": v}); err != nil || shows(string(text)) != nil {
			t.Errorf("JSON of %s in a map shows %v, %v", name, shows(string(text)), err)
		}
		if text, err := xml.Marshal(v); err == nil && shows(string(text)) != nil {
			t.Errorf("XML of %s shows it", name)
		}
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", v, slog.Group("g", "k", v))
		slog.New(slog.NewTextHandler(&out, nil)).With("w", v).Info("m", "k", v)
		log.New(&out, "", 0).Print(v)
		if found := shows(out.String()); found != nil {
			t.Errorf("logging %s shows %v", name, found)
		}
		err := errors.Join(fmt.Errorf("load %v: %w", v, errors.New("x")), fmt.Errorf("%+v", v))
		if found := shows(err.Error()); found != nil {
			t.Errorf("an error with %s shows %v", name, found)
		}
	}
	for name, got := range map[string]string{
		"Sprint": fmt.Sprint(s), "%q": fmt.Sprintf("%q", s), "String": s.String(), "Credential": fmt.Sprintf("%+v", c), "empty": fmt.Sprint(Secret{}),
	} {
		if got != "[redacted]" {
			t.Errorf("%s gives %q, want [redacted]", name, got)
		}
	}
	for name, v := range map[string]slog.LogValuer{"Secret": s, "Credential": c} {
		if got := v.LogValue().String(); got != "[redacted]" {
			t.Errorf("%s.LogValue = %q", name, got)
		}
	}
	for name, m := range map[string]encoding.TextMarshaler{"Secret": s, "Credential": c} {
		if got, err := m.MarshalText(); string(got) != "[redacted]" || err != nil {
			t.Errorf("%s.MarshalText = %q, %v", name, got, err)
		}
	}
}

// TestPanicWithASecret: what the runtime would print of a panic's value.
func TestPanicWithASecret(t *testing.T) {
	t.Parallel()
	defer func() {
		if found := shows(fmt.Sprintf("%v %+v %#v", recover(), h(), h())); found != nil {
			t.Errorf("the panic shows %v", found)
		}
	}()
	panic(NewSecret(marked))
}

func h() holder { return holder{unexported: NewSecret(marked)} }

func TestSecretHoldsItsText(t *testing.T) {
	t.Parallel()
	s := NewSecret(marked)
	if s.Reveal() != marked || s.Empty() {
		t.Errorf("Reveal gives another text")
	}
	if (Secret{}).Reveal() != "" || !(Secret{}).Empty() || !NewSecret("").Empty() || NewSecret("") != (Secret{}) {
		t.Errorf("the zero Secret is not the empty one")
	}
	if s != NewSecret(strings.Clone(marked)) || !s.Equal(NewSecret(marked)) || s == NewSecret("other") || s.Equal(Secret{}) {
		t.Errorf("Secrets do not compare as their texts")
	}
}

// TestCredentialID: equal content, equal id; any field counts, and where one
// field ends matters.
func TestCredentialID(t *testing.T) {
	t.Parallel()
	make := func(certificate, key, id, secret string) string {
		return Credential{certificate, NewSecret(key), id, NewSecret(secret)}.ID()
	}
	base := make("c", "k", "i", "s")
	if base != make("c", "k", "i", "s") {
		t.Error("equal credentials have different ids")
	}
	if len(base) != 64 || strings.Trim(base, "0123456789abcdef") != "" {
		t.Errorf("id %q is no SHA-256 in hex", base)
	}
	seen := map[string]bool{base: true}
	for _, id := range []string{
		make("x", "k", "i", "s"), make("c", "x", "i", "s"), make("c", "k", "x", "s"), make("c", "k", "i", "x"),
		make("ck", "", "i", "s"), make("", "ck", "i", "s"), make("c", "ki", "", "s"), make("1:c", "k", "i", "s"), make("", "", "", ""),
		make("c", "k", "i", "s0:"), make("c0:k", "i", "s", ""), // alike, were the lengths not told
	} {
		if seen[id] {
			t.Errorf("two credentials share the id %s", id)
		}
		seen[id] = true
	}
}
