// Package review holds template.yaml and the templates that it nests against
// the code that they deploy and against the design, for what no validator of
// CloudFormation can see: routes, environment, the table's keys, time limits
// that must fit each other, and what each function may do beside what its code
// does.
//
// Derive reads the product from the code; Review compares, and returns what a
// person has to change. It judges the files as they are written: what a
// deployment makes of them, only a deployment shows.
package review
