package simtest

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// Kind is one way in which the world goes wrong. It meets an effect of a
// process, or does something to the world: one of Arm and Do is set.
type Kind struct {
	Name   string // group/what
	Weight int    // how often, relative to the others; never 0 in the catalogue
	// Arm makes the fault for the account's next message or, with Fanout, for
	// the next fan-out, or with Person for the next time that a person enables
	// or renews.
	Arm    func(r *rand.Rand) *Armed
	Fanout bool
	Person bool
	// Do happens at the beginning of a firing. False says that it could not.
	Do func(w *World, a *Account, r *rand.Rand) bool
}

// Catalogue returns every kind, in an order that stays.
func Catalogue() []*Kind { return slices.Clone(catalogue()) }

var catalogue = sync.OnceValue(func() []*Kind {
	all := slices.Concat(queueKinds(), processKinds(), dynamoKinds(), secretKinds(), transportKinds(),
		rowKinds(), answerKinds(), integrationKinds(), timeKinds(), tenantKinds(), personKinds(), meanwhileKinds())
	for _, k := range all {
		k.Weight = max(1, k.Weight)
	}
	return all
})

// kindNamed returns a kind of the catalogue, nil where there is none.
func kindNamed(name string) *Kind {
	i := slices.IndexFunc(catalogue(), func(k *Kind) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return catalogue()[i]
}

// on matches effects of a service and, where any are named, of operations.
func on(service string, operations ...string) func(Effect) bool {
	return func(e Effect) bool {
		return e.Service == service && (len(operations) == 0 || slices.Contains(operations, e.Operation))
	}
}

// writes matches what changes something at a service; "" is any.
func writes(service string) func(Effect) bool {
	return func(e Effect) bool { return e.Writes() && (service == "" || e.Service == service) }
}

func every(Effect) bool { return true }
