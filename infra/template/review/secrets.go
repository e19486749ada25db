package review

import "regexp"

var (
	// secretText is what a secret looks like, and secretName what one is called.
	secretText = regexp.MustCompile(`-----BEGIN|AKIA[0-9A-Z]{16}|\beyJ[A-Za-z0-9_-]{20,}`)
	secretName = regexp.MustCompile(`(?i)^(secretstring|.*password|.*client_?secret|.*api_?key|.*access_?token|.*private_?key)$`)
)

// secrets: no template holds one, nor makes one from what stands in it. The API
// creates them at run time, each for its account.
func (r *review) secrets() {
	for _, d := range r.documents {
		for _, s := range d.of("AWS::SecretsManager::Secret") {
			r.find(d.path, s.id, "is a secret that the stack makes", "let the API create secrets")
		}
		for name, n := range scalars("", d.root) {
			if secretText.MatchString(n.Value) {
				r.find(d.path, name, "holds what looks like a secret", "take it out, and call it known")
			}
			if kind, _ := intrinsic(n); kind == "" && secretName.MatchString(name) && n.Value != "" {
				r.find(d.path, name, "is written into the template", "refer to Secrets Manager")
			}
		}
	}
}
