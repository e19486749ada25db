package fanout

import (
	"errors"
	"fmt"
	"strconv"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// Accounts are numbers: the shard is the number modulo 16, and the place in the
// shard the rest, by which ids sort. Ids are as long as real ones, and every
// tenant has a few accounts in each shard.

const (
	accountPrefix = "01jd9x3v6k8m2p4r7t" // and eight digits: 26 characters
	perTenant     = 4                    // accounts in a shard
)

// account returns the account of a number.
func account(i int) statement.Ref {
	return statement.Ref{
		Tenant:  statement.TenantID(fmt.Sprintf("empresa%07d", i/store.Shards/perTenant)),
		Account: statement.AccountID(fmt.Sprintf(accountPrefix+"%08d", i)),
	}
}

// number returns the number of an account, by any text that ends as its id.
func number(id string) (int, error) {
	if len(id) < 8 {
		return 0, errors.New("no id of ours: " + strconv.Quote(id))
	}
	return strconv.Atoi(id[len(id)-8:])
}

// inShard returns how many of n accounts a shard has.
func inShard(n, shard int) int { return (n - shard + store.Shards - 1) / store.Shards }
