package inter

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"extrato/internal/statement"
)

// rejections are the alerts by which a server refuses our certificate, by their
// numbers in RFC 8446. An expired certificate is met before any call (Open); a
// server that calls it expired when our clock does not is believed. Any other
// alert is trouble of the server: BankUnavailable.
func rejections() []tls.AlertError {
	return []tls.AlertError{
		40,  // handshake_failure: what gateways say to an expired certificate
		42,  // bad_certificate
		43,  // unsupported_certificate
		44,  // certificate_revoked
		45,  // certificate_expired
		46,  // certificate_unknown
		48,  // unknown_ca
		49,  // access_denied
		51,  // decrypt_error: the key did not sign for the certificate
		116, // certificate_required
	}
}

// alertOf finds the alert that a server sent, as crypto/tls words it. The type
// that crypto/tls uses for it is not exported; its text is that of AlertError.
func alertOf(err error) (text string, ok bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return "", false
	}
	return op.Err.Error(), true
}

// lost makes the error of a call that got no complete answer. own is the
// context with the call's own time limit, ctx the caller's.
func (s *Session) lost(ctx, own context.Context, c call, err error) error {
	if alert, ok := alertOf(err); ok {
		for _, r := range rejections() {
			if r.Error() != alert {
				continue
			}
			if s.expired() {
				return s.fail(c, statement.CertificateExpired, "the certificate's time is over and the bank refused it: "+alert)
			}
			return s.fail(c, statement.CertificateRejected, "the bank refused the certificate: "+alert)
		}
	}
	if err := s.cancelled(ctx, c); err != nil {
		return err
	}
	var untrusted *tls.CertificateVerificationError
	switch {
	case own.Err() != nil:
		return s.fail(c, statement.BankUnavailable, fmt.Sprintf("no complete answer within %s", s.client.limit(c)))
	case errors.As(err, &untrusted):
		return s.fail(c, statement.BankUnavailable, fmt.Sprintf(
			"the bank's own certificate is not trusted (%v); if this is a simulator or a test bank, its root belongs in BANK_CA_PEM", untrusted.Err))
	}
	return s.fail(c, statement.BankUnavailable, err.Error())
}
