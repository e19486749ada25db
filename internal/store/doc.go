// Package store keeps accounts and statements in one DynamoDB table. The table
// is a contract: the ERP may read it with any AWS SDK, by the keys below.
//
// CreateAccount, Patch, Enable, Disable and Erase lead an account through its
// life. Account reads its head, Commit swaps it: every commit is one or more
// transactions conditional on the head's version, so what a sync decided from
// an old state is never written. Changes is the feed of what commits brought;
// Entry, Page, Window, Days and Runs read the rest.
//
// # The table
//
// The keys are PK (S) and SK (S). <t> is a tenant, <a> an account of it; both
// match [A-Za-z0-9_-]{1,64}. A date is YYYY-MM-DD. Two spaces separate columns.
//
//	PK  SK  item
//	TENANT#<t>  ACCOUNT#<a>  the account, which is the head of its statement
//	TENANT#<t>  SETTINGS  what holds for the tenant
//	TENANT#<t>  BANK#inter#<number>  claim of an account on a bank account
//	TENANT#<t>  EXTERNAL#<external_id>  claim of an account on an id of the ERP's
//	TENANT#<t>  IDEMPOTENCY#<hash>  the first answer to a POST
//	STATEMENT#<t>#<a>  ENTRY#<date>#<entry id>  an entry
//	STATEMENT#<t>#<a>  MOVED#<entry id>  where an entry is whose date moved
//	STATEMENT#<t>#<a>  DAY#<date>  a day with entries or a proof
//	STATEMENT#<t>#<a>  COMMIT#<last_seq, 16 digits>  the changes of one transaction
//	STATEMENT#<t>#<a>  RUN#<run id>  the record of a run; later runs have greater ids
//
// Besides, there is one sparse index, keys only: "enabled", by enabled_shard
// (N) and enabled_key (S). It holds the accounts to be synced and no others.
//
// In every item: an attribute that has nothing to say is absent, never empty.
// Money is integer cents in a number (N) of up to 19 digits: read it as an
// integer, not as a double. Instants are RFC 3339 in UTC with milliseconds,
// so they sort as text. Types are those of DynamoDB: S text, N number, BOOL,
// L list, M map. New attributes may come; none of these changes its meaning.
//
// An item whose attribute expires (N, Unix seconds) has passed is gone, even
// while DynamoDB still returns it.
//
// # ACCOUNT
//
// Its statement data moves together with version; the rest moves without. It
// stays within 1 KB in ordinary use, so that swapping it costs two write units;
// days that do not balance, or a failure, may take it into the second KB.
//
//	description  S  what a person calls the account
//	external_id  S  the ERP's own id, unique in the tenant
//	bank  S  inter
//	person_type  S  PJ
//	cnpj  S  14 characters without punctuation
//	created_at  S  instant
//	integration_status  S  disabled, active, or attention: a person must act
//	failure_code  S  why the last sync did not succeed; absent when it did
//	failed_at  S  instant of failure_code
//	warnings  L  codes (S) of what does not stop the sync
//	bank_account  S  number at the bank, digits; absent until known
//	select_bank  BOOL  true when a person gave the number, for the bank to be told
//	certificate  M  fingerprint, subject, not_before, not_after (S), warned_days (N: days before its end last warned of, plus one)
//	credential_id  S  names the content of the secret that was checked last
//	version  N  moves by one with every transaction of a commit
//	last_seq  N  last position of the feed; 0 before the first entry
//	epoch  S  made at random with the account; another one after the table was restored
//	total_cents  N  sum of all booked entries stored; absent when 0
//	covered_from  S  first date of the statement
//	read_through  S  every inclusion date up to here is read; never moves back
//	proven_through  S  every day up to here is proven
//	balance_cents  N  the bank's balance at proven_through; may be negative
//	opening_cents  N  the bank's balance of the day before covered_from
//	unproven_from  S  first day that was found not to balance
//	difference_cents  N  the bank's balance minus ours from unproven_from on
//	doubt_from  S  a day found not to balance while the first such one is searched for
//	open_from  S  first inclusion date that the next run must read again
//	deep_read  S  run date of the last read that went back as far as one can
//	last_run  M  id, at, reason, outcome (S), added, modified, withdrawn (N), of the last commit
//	enabled_shard  N  0 to 15: FNV-1a (32 bit) of enabled_key, modulo 16; only on accounts to be synced
//	enabled_key  S  <t>#<a>; only on accounts to be synced
//	erased_at  S  instant; the account is a tombstone, to be treated as absent, and has no attribute above
//	expires  N  Unix seconds; of a tombstone whose statement is gone: 30 days after its last item
//
// # SETTINGS
//
//	default_account  S  <a> of the default account: exactly one, as long as there is any
//	accounts_made  N  accounts ever made, the erased ones included
//
// # BANK
//
//	account  S  <a> of the account that the bank account is imported into
//
// # EXTERNAL
//
// Not an entity, a guard: put with the account, conditionally, so that two
// accounts of a tenant cannot have the same external_id.
//
//	account  S  <a> of the account that has the external id
//
// # IDEMPOTENCY
//
// <hash> is the SHA-256 of the Idempotency-Key that came with the request, in
// lower-case hex. Put conditionally when the request begins; without
// answer_status it is under way until attempt_ends, then it was cut off.
//
//	body  S  SHA-256 of what the request asks for, in lower-case hex
//	attempt  S  made at random by who carries the request out
//	attempt_ends  N  Unix seconds
//	answer_status  N  HTTP status of the answer
//	answer  S  body of the answer; it holds no secret
//	expires  N  Unix seconds: 24 hours after the request began
//
// # ENTRY
//
// An entry is a row of the bank as sent, under the bank's meaning, and what we
// know of it. It is never deleted by a sync: what the bank takes back becomes
// withdrawn. An entry's id never changes.
//
//	id  S  begins with the date that the entry had at first sight
//	date  S  accounting date (dataTransacao)
//	booked_at  S  instant of inclusion (dataInclusao)
//	amount_cents  N  signed: a credit is positive
//	operation  S  C or D
//	type  S  tipoTransacao, an open set
//	title  S  titulo, as sent
//	description  S  descricao, as sent
//	document_number  S  numeroDocumento
//	bank_id  S  idTransacao
//	end_to_end_id  S  detalhes.endToEndId
//	counterparty_name  S  the other side, read from detalhes
//	counterparty_tax_id  S  its CPF or CNPJ, as sent
//	details  S  JSON text of detalhes, byte for byte as sent
//	extra  S  JSON text of an object: the fields of the row that have no attribute
//	status  S  booked or withdrawn
//	seq  N  position of the entry's last change in the feed
//	first_seq  N  position at which it was added
//	revision  N  1 at first sight, one more with every change
//	identity  S  the rule that recognised the entry: bank_id, end_to_end, provisional, renumbered, content
//	aliases  L  later ids of the bank (S) for the same entry
//	imported_at  S  instant of first sight
//	run  S  id of the run that brought the entry
//	revisions  L  earlier values, oldest first: M of field, old, new (S), at (S, instant), run (S); the newest 50 and 32 KB of them, texts up to 8 KB
//	absence  M  while the bank's answers do not show the entry: first, last (S, run dates), runs, gone (N: run dates missed, the last of them in a row with a balance that agrees)
//
// Aliases and absence change without a position of the feed and without
// another revision.
//
// # MOVED
//
// Put in the transaction that deletes an entry under its old date and puts it
// under the new one; it stays when the entry moves back. Who has an entry's id
// looks under the date that the id begins with, then under the one named here,
// and where the entry is in neither, which is while it moves, looks again.
//
//	id  S  the entry's id
//	date  S  the date that the entry is under now
//
// # DAY
//
// In the transaction of the last entry of a commit that comes to the day or
// leaves it. A commit that was cut off may leave a day as it was before; the
// next sync makes it anew.
//
//	date  S  the day
//	status  S  proven, read (complete, not proven), or unproven
//	entries  N  number of booked entries
//	credits_cents  N  sum of credits
//	debits_cents  N  sum of debits, as a positive amount
//	balance_cents  N  the bank's balance at the end of the day, where asked
//	difference_cents  N  bank's balance minus ours, where unproven
//
// # COMMIT
//
// The feed: positions run from 1 without holes, and every position up to the
// head's last_seq is in exactly one COMMIT. A reader queries consistently
// after its cursor, which is the last position it has, and stops at the first
// gap between last_seq and the next first_seq: a query shows of two commits
// under way perhaps the later alone, and positions say nothing when they are
// taken from entries. It then gets the entries consistently, under the date
// listed, else as MOVED says. An entry whose seq is greater than the position
// listed changed again later, is told there, and skipped here; one whose
// revision is older than listed is to be read again. An entry whose first_seq
// is not after the cursor may have been told before, so each one takes the
// place of what the reader has of the same id, withdrawn ones included.
//
//	first_seq  N  first position
//	last_seq  N  last position
//	changes  L  one M per position, in order: seq (N), id, date (S), change (S: added, modified, withdrawn), revision (N)
//	run  S  id of the run
//
// # RUN
//
// Written after the commit and outside of its transaction; kept for 400 days.
//
//	id  S  run id
//	at  S  instant of its begin
//	ended_at  S  instant of its end
//	reason  S  schedule, enabled, renewed, manual, repair or erase
//	outcome  S  proven, read, unproven, undecided or failed
//	failure_code  S  why it did not succeed
//	from  S  first inclusion date asked for
//	to  S  last inclusion date asked for
//	through  S  the last day that the run was to cover
//	calendar  S  version of the banking calendar
//	added  N  entries added
//	modified  N  entries modified
//	withdrawn  N  entries withdrawn
//	requests  M  what was asked of the bank: token, statement, balance, connections (N)
//	capacity  M  what DynamoDB said it consumed: read, write (N)
//	decisions  L  up to 100 M of entry, what, reason (S): all but plain additions
//	expires  N  Unix seconds of its end
//
// # Reading it with the AWS CLI
//
// With TABLE set to the table's name; tenant acme, account a1.
//
// The entries of November:
//
//	aws dynamodb query --table-name "$TABLE" --consistent-read \
//	  --key-condition-expression 'PK = :p AND SK BETWEEN :a AND :b' \
//	  --expression-attribute-values '{":p":{"S":"STATEMENT#acme#a1"},":a":{"S":"ENTRY#2026-11-01"},":b":{"S":"ENTRY#2026-11-30#~"}}'
//
// One entry, by its date and id:
//
//	aws dynamodb get-item --table-name "$TABLE" --consistent-read \
//	  --key '{"PK":{"S":"STATEMENT#acme#a1"},"SK":{"S":"ENTRY#2026-11-03#2026-11-03-0123456789abcdef0123"}}'
//
// Where an entry is that is not under the date of its id:
//
//	aws dynamodb get-item --table-name "$TABLE" --consistent-read \
//	  --key '{"PK":{"S":"STATEMENT#acme#a1"},"SK":{"S":"MOVED#2026-11-03-0123456789abcdef0123"}}'
//
// The days of November:
//
//	aws dynamodb query --table-name "$TABLE" --consistent-read \
//	  --key-condition-expression 'PK = :p AND SK BETWEEN :a AND :b' \
//	  --expression-attribute-values '{":p":{"S":"STATEMENT#acme#a1"},":a":{"S":"DAY#2026-11-01"},":b":{"S":"DAY#2026-11-30"}}'
//
// The commits after the cursor 42, which is position 42 of the feed:
//
//	aws dynamodb query --table-name "$TABLE" --consistent-read \
//	  --key-condition-expression 'PK = :p AND SK BETWEEN :a AND :b' \
//	  --expression-attribute-values '{":p":{"S":"STATEMENT#acme#a1"},":a":{"S":"COMMIT#0000000000000043"},":b":{"S":"COMMIT#~"}}'
//
// The last ten runs:
//
//	aws dynamodb query --table-name "$TABLE" --consistent-read --no-scan-index-forward --limit 10 \
//	  --key-condition-expression 'PK = :p AND begins_with(SK, :a)' \
//	  --expression-attribute-values '{":p":{"S":"STATEMENT#acme#a1"},":a":{"S":"RUN#"}}'
//
// The account:
//
//	aws dynamodb get-item --table-name "$TABLE" --consistent-read \
//	  --key '{"PK":{"S":"TENANT#acme"},"SK":{"S":"ACCOUNT#a1"}}'
//
// The accounts of the tenant:
//
//	aws dynamodb query --table-name "$TABLE" --consistent-read \
//	  --key-condition-expression 'PK = :p AND begins_with(SK, :a)' \
//	  --expression-attribute-values '{":p":{"S":"TENANT#acme"},":a":{"S":"ACCOUNT#"}}'
package store
