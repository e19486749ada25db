// Package front stands where API Gateway stands in the cloud: an HTTP API with
// payload format 2.0 and a JWT authorizer. Its routes, and the scopes they ask
// for, are those of the template. What API Gateway answers by itself it
// answers with the same status and body:
//
//	400 {"message":"Bad Request"}               a body that breaks off
//	401 {"message":"Unauthorized"}              no token, or not a valid one
//	403 {"message":"Forbidden"}                 a valid token without the route's scope
//	404 {"message":"Not Found"}                 no such route
//	408 {"message":"Request Timeout"}           a body that takes more than 30 s
//	413 {"message":"Request Entity Too Large"}  a body of more than 10 MB
//	500 {"message":"Internal Server Error"}     the function failed or answered nonsense
//	503 {"message":"Service Unavailable"}       no answer within 30 s
//
// The words of 400 and 408 are ours: API Gateway's are not documented.
//
// Not simulated: throttling, CORS, stages and the limits on headers.
package front
