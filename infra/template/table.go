package template

import (
	"gopkg.in/yaml.v3"
)

// Table is one DynamoDB table.
type Table struct {
	ID   string
	Name Value // absent where CloudFormation names it
	Keys Keys
	// Attributes are the types ("S", "N", "B") of every key attribute.
	Attributes map[string]string
	// Indexes are the global secondary indexes, by name.
	Indexes map[string]Index
	// TTL is the attribute after which DynamoDB removes an item; "" for none.
	TTL         string
	BillingMode string
}

// Keys are the attributes of a primary key; Range is "" where there is none.
type Keys struct{ Hash, Range string }

// Index is a global secondary index.
type Index struct {
	Keys       Keys
	Projection string // "ALL", "KEYS_ONLY" or "INCLUDE"
}

type keySchema []struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"KeyType"`
}

func (s keySchema) keys() (k Keys) {
	for _, a := range s {
		if a.Type == "HASH" {
			k.Hash = a.Name
		} else {
			k.Range = a.Name
		}
	}
	return k
}

func (t *Template) addTable(id string, n *yaml.Node) error {
	var p struct {
		TableName            Value     `yaml:"TableName"`
		BillingMode          string    `yaml:"BillingMode"`
		KeySchema            keySchema `yaml:"KeySchema"`
		AttributeDefinitions []struct {
			Name string `yaml:"AttributeName"`
			Type string `yaml:"AttributeType"`
		} `yaml:"AttributeDefinitions"`
		GlobalSecondaryIndexes []struct {
			IndexName  string    `yaml:"IndexName"`
			KeySchema  keySchema `yaml:"KeySchema"`
			Projection struct {
				Type string `yaml:"ProjectionType"`
			} `yaml:"Projection"`
		} `yaml:"GlobalSecondaryIndexes"`
		TimeToLive struct {
			AttributeName string `yaml:"AttributeName"`
		} `yaml:"TimeToLiveSpecification"`
	}
	if err := n.Decode(&p); err != nil {
		return err
	}
	table := Table{
		ID: id, Name: p.TableName, Keys: p.KeySchema.keys(), BillingMode: p.BillingMode,
		TTL: p.TimeToLive.AttributeName, Attributes: map[string]string{}, Indexes: map[string]Index{},
	}
	for _, a := range p.AttributeDefinitions {
		table.Attributes[a.Name] = a.Type
	}
	for _, i := range p.GlobalSecondaryIndexes {
		table.Indexes[i.IndexName] = Index{Keys: i.KeySchema.keys(), Projection: i.Projection.Type}
	}
	t.Tables[id] = table
	return nil
}
