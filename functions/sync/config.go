package main

// config is what the environment says, each default with its reason.
type config struct {
	Table        string `env:"TABLE_NAME, required"`
	SyncQueue    string `env:"SYNC_QUEUE_URL, required"` // visibility, and messages that continue a long catch-up
	SyncDLQ      string `env:"SYNC_DLQ_URL, required"`
	SecretPrefix string `env:"SECRET_PREFIX, required"`
	BankBaseURL  string `env:"BANK_BASE_URL, default=https://cdpj.partners.bancointer.com.br"`
	BankCAPEM    string `env:"BANK_CA_PEM"`
	BackfillDays int    `env:"BACKFILL_DAYS, default=60"` // what the product promises
	LookbackDays int    `env:"LOOKBACK_DAYS, default=9"`  // longest run of days without banking, and late bookings
	Concurrency  int    `env:"CONCURRENCY, default=10"`   // a whole batch side by side
}
