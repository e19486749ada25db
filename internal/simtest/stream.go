package simtest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Stream returns the randomness of one purpose: equal arguments, equal numbers.
func Stream(seed uint64, purpose ...any) *rand.Rand {
	h := sha256.Sum256(fmt.Appendf(nil, "%d %q", seed, fmt.Sprint(purpose...)))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:16])))
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
