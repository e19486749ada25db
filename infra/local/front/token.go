package front

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Lifetime of the tokens that Mint makes.
const Lifetime = 12 * time.Hour

// Issuer is both the identity provider of this machine and the authorizer that
// trusts it. It signs with RS256, as API Gateway takes RSA signatures only.
type Issuer struct {
	Key         *rsa.PrivateKey
	Name        string // iss
	Audience    string // aud
	TenantClaim string // the claim that names the tenant
	Clock       func() time.Time
}

// Mint returns a token for a tenant with the scopes, separated by spaces.
func (i *Issuer) Mint(tenant, scopes string) (string, error) {
	now := i.Clock()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": i.Name, "aud": i.Audience, "sub": "local", "scope": scopes, i.TenantClaim: tenant,
		"iat": now.Unix(), "exp": now.Add(Lifetime).Unix(),
	})
	return token.SignedString(i.Key)
}

// grant is what a valid token gives.
type grant struct {
	claims map[string]string
	scopes []string
}

// verify reads an Authorization header, with or without "Bearer ", as API
// Gateway does: signature, algorithm, issuer, audience and times.
func (i *Issuer) verify(authorization string) (grant, error) {
	text := authorization
	if scheme, rest, found := strings.Cut(authorization, " "); found && strings.EqualFold(scheme, "Bearer") {
		text = strings.TrimSpace(rest)
	}
	if text == "" {
		return grant{}, errors.New("no token")
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return &i.Key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(i.Name), jwt.WithAudience(i.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(i.Clock), jwt.WithJSONNumber())
	if err != nil {
		return grant{}, err
	}
	g := grant{claims: map[string]string{}}
	for name, value := range claims {
		g.claims[name] = claimText(value)
	}
	for _, name := range []string{"scope", "scp"} {
		switch v := claims[name].(type) {
		case string:
			g.scopes = append(g.scopes, strings.Fields(v)...)
		case []any:
			for _, s := range v {
				g.scopes = append(g.scopes, claimText(s))
			}
		}
	}
	return g, nil
}

// allows reports whether the token has one of the scopes, or none is asked for.
func (g grant) allows(scopes []string) bool {
	return len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(g.scopes, s) })
}

// claimText returns a claim as API Gateway passes it on: everything is text,
// a list is "[a b]".
func claimText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = claimText(p)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(v)
}
