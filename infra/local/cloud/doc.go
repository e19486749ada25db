// Package cloud is the local stand-in for AWS: one http.Handler that answers
// for SQS and Secrets Manager over the AWS JSON protocol, and hands DynamoDB
// calls on to a server that is given. The product's own clients, the AWS CLI
// and any SDK reach it through AWS_ENDPOINT_URL; product code knows nothing
// of it.
//
// Make one with New and serve it. Depths tells how many messages the queues
// hold, with a channel that is closed when that changes.
//
// # What is simulated
//
//   - SQS: standard queues. CreateQueue, GetQueueUrl, Get- and
//     SetQueueAttributes, SendMessage(Batch), ReceiveMessage with long polling,
//     DeleteMessage(Batch), ChangeMessageVisibility(Batch), PurgeQueue; redrive
//     to a dead-letter queue; the size and batch limits of 2025 (1 MiB).
//   - Secrets Manager: CreateSecret, PutSecretValue, GetSecretValue,
//     DescribeSecret, ListSecrets, DeleteSecret with a recovery window,
//     RestoreSecret; text values only.
//   - DynamoDB: nothing; every DynamoDB_20120810 call is forwarded as it came.
//
// # What is not
//
// Signatures and permissions are not verified: any credentials do. Nothing is
// encrypted; KmsKeyId is accepted and told again. Messages do not expire, and
// a MessageGroupId is kept but makes no queue fairer. There are no FIFO
// queues. A call that is not simulated is refused by name, and so is a
// parameter that would change the outcome; tags and the sizes of pages are
// ignored. Where AWS leaves the outcome open (deleting with a receipt handle of
// an earlier receive), the stand-in takes the harsher one.
//
// # State
//
// With Options.Dir, every queue, message and secret is a file of mode 0600,
// written beside its place and renamed into it before the call is answered: a
// process killed at any point leaves each item as it was or as it became. The
// disk is not synced, so that a loss of power may lose the last calls. Without
// Dir everything is in memory.
package cloud
