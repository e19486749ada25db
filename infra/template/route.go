package template

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Route is one route of an HTTP API.
type Route struct {
	Function string // logical id of the function that answers
	Method   string // upper case; "ANY" for every method
	Path     string // "/v1/accounts/{id}"; "$default" answers what nothing else does
	// Open says that no token is asked for.
	Open bool
	// Scopes are those of which a token needs one; none means any valid token.
	Scopes []string
}

type apiProperties struct {
	Auth struct {
		DefaultAuthorizer Value `yaml:"DefaultAuthorizer"`
	} `yaml:"Auth"`
}

// implicitAPI stands for the API that SAM makes for events without an ApiId.
const implicitAPI = "ServerlessHttpApi"

// guardedAPIs tells which APIs have a default authorizer, by logical id.
func guardedAPIs(d *document) (map[string]bool, error) {
	guarded := map[string]bool{implicitAPI: d.Globals.HTTPAPI.Auth.DefaultAuthorizer.Present()}
	for id, r := range d.Resources {
		if r.Type != "AWS::Serverless::HttpApi" {
			continue
		}
		var p apiProperties
		if err := r.Properties.Decode(&p); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		guarded[id] = or(p.Auth.DefaultAuthorizer, d.Globals.HTTPAPI.Auth.DefaultAuthorizer).Present()
	}
	return guarded, nil
}

func (t *Template) addRoute(function string, n *yaml.Node, guarded map[string]bool) error {
	var p struct {
		Path   string `yaml:"Path"`
		Method string `yaml:"Method"`
		API    Value  `yaml:"ApiId"`
		Auth   struct {
			Authorizer Value   `yaml:"Authorizer"`
			Scopes     []Value `yaml:"AuthorizationScopes"`
		} `yaml:"Auth"`
	}
	if err := n.Decode(&p); err != nil {
		return err
	}
	api := p.API.Target()
	if api == "" {
		api = implicitAPI
	}
	r := Route{Function: function, Method: strings.ToUpper(p.Method), Path: p.Path}
	if r.Path == "" { // SAM: an HttpApi event without a path is the catch-all
		r.Path = "$default"
	}
	if r.Method == "" || r.Method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		r.Method = "ANY"
	}
	switch {
	case p.Auth.Authorizer.Text == "NONE":
		r.Open = true
	case !p.Auth.Authorizer.Present():
		r.Open = !guarded[api]
	}
	for _, v := range p.Auth.Scopes {
		s, err := t.Text(v)
		if err != nil {
			return fmt.Errorf("AuthorizationScopes: %w", err)
		}
		r.Scopes = append(r.Scopes, s)
	}
	if r.Open && len(r.Scopes) > 0 {
		return fmt.Errorf("%s %s asks for scopes but has no authorizer", r.Method, r.Path)
	}
	t.Routes = append(t.Routes, r)
	return nil
}
