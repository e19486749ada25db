// Package lambdahttp runs an http.Handler as the Lambda function behind an API
// Gateway HTTP API, payload format 2.0. Handler does it; From tells the handler
// what the gateway verified about the caller.
//
// What the gateway does to a request, and what follows here:
//
//   - rawPath is already decoded: "%2F" arrives as "/", and "%252F" as "%2F".
//     It is never decoded again, so a "%" in it is just a character. A gateway
//     that left it encoded would give paths that no route and no id matches:
//     the failure is a 404, never another path.
//   - rawQueryString is as the client sent it, and is passed on as it is.
//   - header values of one name arrive joined by commas, cookies in a list.
//   - the API is deployed at the stage $default: no stage name in the path.
package lambdahttp
