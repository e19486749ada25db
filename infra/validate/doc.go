// Package validate runs AWS's own validator of CloudFormation templates
// (@aws/cloudformation-validate, with its Rego engine) over ours, with rules of
// our own beside its 300: Guard rules, and Rego where this release's Guard does
// not reach. It needs Node.js and, the first time, npm; no AWS account.
//
// Ensure fetches the validator, Run judges templates with it, Accepted says
// which of its findings we live with and why. What the validator cannot know,
// package review checks.
package validate
