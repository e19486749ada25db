// Package template reads template.yaml, the SAM template that deploys
// Extrato, into a small typed model: what the local stack must run and what
// tests compare the code with. It reads the parts the product uses and leaves
// the rest alone; it is no validator of CloudFormation.
//
// Intrinsic functions are read in their short form (!Ref, !Sub, !GetAtt) and in
// their long one. A parameter stands for its default; anything else that only
// a deployment can know stays an unresolved Value, and asking for its text is
// an error that names it.
package template
