// Package runtime runs Lambda functions on this machine: the same bootstrap
// binaries that are deployed, as processes under a Lambda Runtime API of its
// own (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
//
// As in Lambda, a process handles one invocation at a time and is used again;
// more are started when all are busy, up to a maximum. Each has a Runtime API
// endpoint to itself, so a process can only answer what it was given. An
// invocation that outlives the function's time limit is ended by killing its
// process; a process that ends by itself fails the invocation it had. Either
// way the next invocation finds a fresh process: nothing is retried here,
// because only the caller knows whether that is safe.
package runtime
