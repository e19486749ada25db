package inter

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// says is what the body of a refusal speaks of.
type says uint8

const (
	aboutScope says = 1 << iota
	aboutAccount
	aboutCertificate
	aboutClient
	aboutScroll
	aPage // HTML
)

var (
	accountWords     = regexp.MustCompile(`(?i)\b(contas?|accounts?|contaCorrente)\b`)
	certificateWords = regexp.MustCompile(`(?i)\b(certificados?|certificates?)\b`)
	clientWords      = regexp.MustCompile(`(?i)client|credencia|credential`)
	pageCertificate  = regexp.MustCompile(`(?i)ssl certificate`)
)

// listen reads the body of a refusal, which may be JSON of several shapes,
// plain text, HTML or nothing, and returns what it says in one line and what
// it speaks of. Values that the bank echoes (violacoes[].valor) are left out.
func listen(text []byte) (words string, about says) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	switch {
	case len(text) == 0:
		return "no explanation", 0
	case text[0] == '<':
		about = aPage
		if pageCertificate.Match(text) {
			about |= aboutCertificate
		}
		return "an HTML page", about
	}
	words = string(text)
	var parsed any
	if json.Unmarshal(text, &parsed) == nil {
		if words = strings.Join(sentences(parsed), ": "); words == "" {
			words = "no explanation"
		}
	}
	lower := strings.ToLower(words)
	for _, topic := range []struct {
		says says
		is   bool
	}{
		{aboutScope, strings.Contains(lower, "scope") || strings.Contains(lower, "escopo")},
		{aboutAccount, accountWords.MatchString(words)},
		{aboutCertificate, certificateWords.MatchString(words)},
		{aboutClient, clientWords.MatchString(words)},
		{aboutScroll, strings.Contains(lower, "scroll")},
	} {
		if topic.is {
			about |= topic.says
		}
	}
	return words, about
}

// sentences collects the known fields of an error body in reading order. Where
// none is known it collects every text in it but the keys: the wordings of the
// token endpoint are known, the keys that they stand under are not.
func sentences(parsed any) (found []string) {
	object, ok := parsed.(map[string]any)
	if !ok {
		return everyText(parsed, nil)
	}
	add := func(in map[string]any, key string) {
		if text, ok := in[key].(string); ok && strings.TrimSpace(text) != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	for _, key := range []string{"error", "error_title", "title", "error_description", "message", "detail", "typeError"} {
		add(object, key)
	}
	violations, _ := object["violacoes"].([]any)
	for _, v := range violations {
		if violation, ok := v.(map[string]any); ok {
			add(violation, "propriedade")
			add(violation, "razao")
		}
	}
	if found == nil {
		return everyText(parsed, nil)
	}
	return found
}

// everyText appends the texts of a JSON value, of an object by sorted keys.
func everyText(value any, found []string) []string {
	switch v := value.(type) {
	case string:
		return append(found, v)
	case []any:
		for _, e := range v {
			found = everyText(e, found)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			found = everyText(v[k], found)
		}
	}
	return found
}
