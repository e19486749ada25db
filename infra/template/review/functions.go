package review

import (
	"fmt"
	"strconv"
)

// limits of the functions, as section 10 of the design has them.
var limits = map[string]struct{ timeout, memory int }{
	"FanoutFunction": {900, 256}, "SyncFunction": {300, 256}, "ApiFunction": {29, 256},
}

// functions: each of ours is there, built and run as its code expects.
func (r *review) functions() {
	for _, f := range r.main.of("AWS::Serverless::Function") {
		if _, known := Functions[f.id]; !known {
			r.find(Main, f.id, "is no function of functions/", "take it away, or add it to review.Functions")
		}
	}
	for id, want := range limits {
		f, ok := r.template.Functions[id]
		if !ok {
			r.find(Main, id, "is missing", "deploy functions/"+Functions[id])
			continue
		}
		r.want(id, "Timeout", strconv.Itoa(f.Timeout), strconv.Itoa(want.timeout))
		r.want(id, "MemorySize", strconv.Itoa(f.Memory), strconv.Itoa(want.memory))
		node := r.main.resource(id)
		r.want(id, "Runtime", says(r.main.function(node, "Runtime")), "provided.al2023")
		r.want(id, "Handler", says(r.main.function(node, "Handler")), "bootstrap")
		r.want(id, "CodeUri", says(r.main.function(node, "CodeUri")), ".")
		r.want(id, "BuildMethod", says(at(node.node, "Metadata", "BuildMethod")), "makefile")
		if a := list(r.main.function(node, "Architectures")); len(a) != 1 || says(a[0]) != "arm64" {
			r.find(Main, id, "its architectures are not those of the binaries", "make them [arm64]: make builds for arm64")
		}
	}
}

// source: what feeds the sync function, and what it answers.
func (r *review) source() {
	const id = "SyncFunction"
	sources := r.template.Functions[id].Queues
	if len(sources) != 1 {
		r.find(Main, id, fmt.Sprintf("has %d queues", len(sources)), "give it SyncQueue alone")
		return
	}
	s := sources[0]
	r.want(id, "the queue", s.Queue, "SyncQueue")
	r.want(id, "BatchSize", strconv.Itoa(s.BatchSize), "10")
	if !s.PartialFailure {
		r.find(Main, id, "does not report which messages of a batch failed", "add FunctionResponseTypes: [ReportBatchItemFailures]")
	}
	for _, n := range members(r.main.resource(id).property("Events")) {
		r.want(id, "MaximumConcurrency", says(at(n, "Properties", "ScalingConfig", "MaximumConcurrency")), "${SyncConcurrency}")
	}
	for other, f := range r.template.Functions {
		if other != id && len(f.Queues) > 0 {
			r.find(Main, other, "is fed by a queue", "take the event away: SyncFunction works the queue off")
		}
	}
}
