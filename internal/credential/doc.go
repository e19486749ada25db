// Package credential reads what a person uploads to enable an integration: the
// certificate (.crt) and key (.key) that Banco Inter issues, and the two codes.
// It is pure; the bank is asked elsewhere.
//
// Check is the way in: it returns a statement.Credential with both files in one
// normal form, or Faults, each with a stable code, the field, and a sentence in
// Portuguese that says what happened and the way out. Facts tells of a
// certificate what an account shows; CNPJOf finds the company in its subject.
//
// What people do to files on their way here is tolerated where nothing has to be
// guessed: CRLF, a byte order mark, UTF-16 from Notepad, blanks and text around the
// PEM blocks, line breaks that became spaces or the two characters \n, a bundle in
// another order, a key file that holds the certificate too.
//
// Ed25519 keys are accepted like RSA and EC ones: the bank issues none today, TLS
// can use them, and the live check is the judge.
//
// Nothing of an upload is ever part of a fault or an error, dates of validity
// excepted: a file in the wrong field may be the private key.
package credential
