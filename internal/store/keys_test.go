package store

import (
	"testing"

	"extrato/internal/statement"
)

// The shard is part of the table's contract: FNV-1a of 32 bits, offset
// 2166136261 and prime 16777619, over "<t>#<a>", modulo 16. The numbers were
// computed from that definition, apart from this code.
func TestShardOfAnAccount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tenant  statement.TenantID
		account statement.AccountID
		key     string
		shard   int64
	}{
		{"acme", "a1", "acme#a1", 10},
		{"acme2", "a1", "acme2#a1", 2},
		{"t", "01JD9X3V6K8M2P4R7T9W1Y3Z5B", "t#01JD9X3V6K8M2P4R7T9W1Y3Z5B", 14},
		{"A_-", "z", "A_-#z", 5},
	} {
		shard, key := enabledKey(statement.Ref{Tenant: test.tenant, Account: test.account})
		if shard != test.shard || key != test.key {
			t.Errorf("%s/%s: shard %d, key %s; want %d, %s", test.tenant, test.account, shard, key, test.shard, test.key)
		}
	}
}
