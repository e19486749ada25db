package store

import (
	"fmt"
	"hash/fnv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// The beginnings of the sort keys. Ids and dates never hold "#", and every
// character of theirs sorts before afterAll.
const (
	accountPrefix = "ACCOUNT#"
	entryPrefix   = "ENTRY#"
	dayPrefix     = "DAY#"
	commitPrefix  = "COMMIT#"
	runPrefix     = "RUN#"
	afterAll      = "~"
)

// key names one item.
type key struct{ pk, sk string }

func (k key) attrs() attrs { return k.item(2) }

// item is the beginning of an item of about so many attributes.
func (k key) item(attributes int) attrs {
	item := make(attrs, attributes)
	item["PK"] = &types.AttributeValueMemberS{Value: k.pk}
	item["SK"] = &types.AttributeValueMemberS{Value: k.sk}
	return item
}

func tenantPK(t statement.TenantID) string { return "TENANT#" + string(t) }

func statementPK(r statement.Ref) string {
	return "STATEMENT#" + string(r.Tenant) + "#" + string(r.Account)
}

func accountKey(r statement.Ref) key {
	return key{tenantPK(r.Tenant), accountPrefix + string(r.Account)}
}

func settingsKey(t statement.TenantID) key { return key{tenantPK(t), "SETTINGS"} }

func bankKey(t statement.TenantID, number string) key {
	return key{tenantPK(t), "BANK#inter#" + number}
}

func externalKey(t statement.TenantID, id string) key {
	return key{tenantPK(t), "EXTERNAL#" + id}
}

// idempotencyKey holds no text of the caller's.
func idempotencyKey(t statement.TenantID, hash string) key {
	return key{tenantPK(t), "IDEMPOTENCY#" + hash}
}

func entryKey(r statement.Ref, d statement.Date, id statement.EntryID) key {
	return key{statementPK(r), entryPrefix + string(d) + "#" + string(id)}
}

func movedKey(r statement.Ref, id statement.EntryID) key {
	return key{statementPK(r), "MOVED#" + string(id)}
}

func dayKey(r statement.Ref, d statement.Date) key {
	return key{statementPK(r), dayPrefix + string(d)}
}

// commitKey pads the position, so that commits sort by it.
func commitKey(r statement.Ref, lastSeq int64) key {
	return key{statementPK(r), fmt.Sprintf(commitPrefix+"%016d", lastSeq)}
}

func runKey(r statement.Ref, id statement.RunID) key {
	return key{statementPK(r), runPrefix + string(id)}
}

// Shards is the number of partitions of the index of enabled accounts: they
// are numbered 0 to Shards-1.
const Shards = 16

// enabledKey returns the keys of an account in the index.
func enabledKey(r statement.Ref) (shard int64, k string) {
	k = string(r.Tenant) + "#" + string(r.Account)
	h := fnv.New32a()
	_, _ = h.Write([]byte(k))
	return int64(h.Sum32() % Shards), k
}
