// Package intertest is Banco Inter for tests and for the local stack: a TLS
// server with a CA of its own that answers as the bank's API does, as far as
// that is known, and that goes wrong in every way the bank was seen to, when
// told. It shares no code with the client: what it does is written from the
// bank's documentation and from recorded answers.
//
//	bank, err := intertest.New(intertest.Options{Key: intertest.EC})
//	err = bank.Listen("127.0.0.1:0")
//	defer bank.Close()
//	account := bank.AddAccount("123456789")
//	account.Generate(intertest.Profile{}, "2026-09-01", "2026-11-20")
//	integration := bank.Issue("erp", account)
//	// dial bank.URL() with bank.CAPEM(), integration.Certificate() and Key()
//
// The truth to compare with is Account.Rows, Dated, BalanceAt and Count.
// Bank.Handler and Bank.RoundTripper serve the same without a socket.
//
// # What is simulated
//
// POST /oauth/v2/token and GET /banking/v2/{extrato, extrato/completo,
// extrato/exportar, saldo}. dataInicio and dataFim filter on dataInclusao;
// rows come newest first; an entry included on a day off is dated the next
// banking day; a dated balance is the opening plus all entries dated up to
// that day, and names the last banking day where it is asked for a day off.
// What the bank does is not known in these points, and chosen here: the bodies
// of 401, 405 and 429; 400 for a missing and 403 for a foreign
// x-conta-corrente; that a token is bound to its integration's certificate;
// 400 for rows beyond the 10,000th; which days the 7-day cap of December 2022
// left (the last). The PDF is a real one, but not the bank's.
//
// # Switches
//
// All are setters, may be used while the bank answers, and hold from the next
// request on. [Fault] values go to [Bank.FailNext], [Bank.FailAfter] (lets some
// through first), [Bank.FailFor] (a time), [Bank.Fail] (until
// [Bank.ClearFaults]), [Integration.FailNext] and [Integration.Fail] (one
// client only), each for one [Endpoint] or [Any].
//
//	what goes wrong                        switch
//	a status, n times or for a time        Fault Status(503), Status(429).With("Retry-After", "5")
//	a body of one's own, HTML, none        Fault Body, HTML, Empty; all errors: Behaviour.Errors
//	half a body, with and without notice   Fault Truncated, Cut
//	slow, no answer, no rest of it         Fault Slow, Hang, HangBody
//	reset, redirect                        Fault Reset, Redirect
//	oversized body, wrong content type     Fault Oversized, ContentType
//	real rate limits                       Options.Limits, Bank.SetLimits, RealLimits
//	counters that lie                      Account.LieAboutTotal, LieAboutLast, DistortPage
//	fewer rows than counted                Account.ShortPage
//	an id twice, in a page, across pages   Account.RepeatRow, RepeatAcrossPages
//	an entry between two pages             Account.InsertBetweenPages, AfterAnswers
//	a late inclusion                       Account.Add with an old BookedAt, AfterAnswers
//	provisional becomes definitive         Entry.Provisional, Account.Confirm (same or another date)
//	another definitive id                  Account.Renumber
//	twins                                  Account.AddTwin
//	text, amount, date, time change        Account.SetDescription, SetAmount, SetDate, SetBookedAt
//	all texts change                       Behaviour.RewriteText
//	fields missing                         Account.DropFields
//	detalhes null, unknown fields, unknown
//	tipoTransacao, a malformed row         Account.SetField (Mend takes it back)
//	rows without id                        Entry.NoID, Account.SetNoID
//	an entry left out, n times             Account.Omit
//	an entry withdrawn, and back           Account.Withdraw, Restore
//	empty answer of an active account      Account.AnswerEmpty
//	7-day cap                              Behaviour.CapDays
//	oldest first, shuffled                 Behaviour.Order
//	filter by dataTransacao                Behaviour.FilterByDate
//	dataInclusao without time              Behaviour.DateOnly
//	89 or 90 days                          Behaviour.MaxDays
//	totalPaginas of nothing                Behaviour.EmptyPages
//	paging beyond 10,000, small scrolls    Behaviour.BeyondReach, ScrollBatch
//	balance off from a day on              Account.SetBalanceOffset
//	no balance                             Account.RefuseBalance, Behaviour.BalanceRefused
//	a balance that is no amount            Behaviour.BalanceOverride
//	token revoked, or early                Integration.RevokeTokens, Behaviour.TokenUses
//	short-lived tokens                     Behaviour.TokenLifetime
//	scope wider than asked                 Integration.GrantAlso
//	scope not granted: token 401, GET 403  Integration.SetScopes, RefuseScope
//	secret changed, integration deleted    Integration.SetSecret, Delete
//	several accounts behind it             Bank.Issue, Integration.SetAccounts; Behaviour.MissingAccount
//	sandbox hours                          Behaviour.SandboxHours
//	certificate expired, not yet valid,
//	of another OU, another kind of key     Bank.IssueWith, Integration.RenewWith
//	certificate of an unknown CA           Bank.Issue of another Bank
//
// # Limits
//
// Times of Slow are real time; everything else follows Options.Clock. Known
// issue: x-inter-conta-corrente, which the bank's examples once use, is not
// read.
package intertest
