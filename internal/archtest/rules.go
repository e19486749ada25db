// Package archtest keeps the shape of the project: who may import whom, where
// programs live, how long a file may be, and that product code knows nothing of
// local runs. Its test runs Check over the repository; the tables here are the
// rules, and a new package needs a row in them.
package archtest

// product is a row per package of internal/: which other packages of internal/
// and which libraries beside the standard one it may import. Tests may import
// anything. A library is named by the beginning of its path.
//
// The layers, from the bottom: the vocabulary; the pure packages; the adapters,
// which know their SDK and never each other; the jobs and the API, which declare
// the interfaces they need and know no adapter; the functions, which wire.
var product = map[string]rule{
	"statement":  {pure: true},
	"cnpj":       {pure: true, internal: []string{"statement"}},
	"bankday":    {pure: true, internal: []string{"statement"}, libs: []string{"github.com/rickar/cal/v2"}},
	"failure":    {pure: true, internal: []string{"statement"}},
	"merge":      {pure: true, internal: []string{"statement", "bankday"}},
	"credential": {pure: true, internal: []string{"statement", "cnpj"}},

	"inter": {internal: []string{"statement"}, libs: []string{"golang.org/x/"}},
	"store": {internal: []string{"statement"}, libs: append(aws("service/dynamodb", "feature/dynamodb"), "golang.org/x/", "github.com/google/uuid")},
	"vault": {internal: []string{"statement"}, libs: append(aws("service/secretsmanager"), "github.com/google/uuid")},
	"queue": {internal: []string{"statement"}, libs: aws("service/sqs")},

	"fanout": {internal: vocabulary, libs: []string{"golang.org/x/"}},
	"syncer": {internal: vocabulary, libs: []string{"golang.org/x/"}},
	"enable": {internal: vocabulary, libs: []string{"golang.org/x/"}},
	// The API tells what enabling answers, so it knows that job's errors.
	"api": {internal: append([]string{"enable"}, vocabulary...), libs: []string{"github.com/danielgtaylor/huma/v2", "github.com/google/uuid"}},

	"lambdahttp": {internal: []string{"statement"}, libs: []string{"github.com/aws/aws-lambda-go/"}},
	"telemetry":  {internal: []string{"statement"}},

	"inter/intertest": {testkit: true, internal: []string{"statement", "bankday", "cnpj"}, libs: []string{"golang.org/x/", "github.com/google/uuid"}},
	"store/storetest": {testkit: true, internal: []string{"statement", "store"}, infra: []string{"dynoxide"},
		libs: append(aws("service/dynamodb", "config", "credentials"), "github.com/google/", "pgregory.net/rapid")},
	// The simulation runs the product as it is wired, over stand-ins in memory.
	"simtest/dynamo":   {testkit: true, libs: aws("service/dynamodb")},
	"simtest/mutation": {testkit: true},
	"simtest": {testkit: true, infra: []string{"local/cloud"}, libs: functionLibs,
		internal: append([]string{"inter", "store", "vault", "queue", "fanout", "syncer", "enable", "api", "lambdahttp", "telemetry",
			"inter/intertest", "simtest/dynamo"}, vocabulary...)},
	"archtest": {testkit: true},
}

// vocabulary is what jobs and the API build on.
var vocabulary = []string{"statement", "bankday", "cnpj", "merge", "credential", "failure"}

// functionLibs are the libraries that wiring may use.
var functionLibs = []string{
	"github.com/aws/aws-lambda-go/", "github.com/aws/aws-sdk-go-v2/", "github.com/aws/smithy-go", "github.com/sethvargo/go-envconfig", "golang.org/x/",
}

// rule is what one package may do.
type rule struct {
	internal []string // packages of internal/, by their path below it
	libs     []string // beginnings of import paths
	infra    []string // packages of infra/: for test kits only
	pure     bool     // no files, no network, no clock
	testkit  bool     // for tests and infra only: no product package imports it, and it may import testing
}

// aws returns the import paths of the SDK's core and of these parts of it.
func aws(parts ...string) []string {
	const sdk = "github.com/aws/aws-sdk-go-v2/"
	paths := []string{sdk + "aws", "github.com/aws/smithy-go"}
	for _, p := range parts {
		paths = append(paths, sdk+p)
	}
	return paths
}

// impure is what a pure package may not import, and clock what it may not call of
// package time: a run's dates come from its message.
var (
	impure = []string{"os", "net", "net/http", "os/exec", "io/ioutil", "syscall", "log", "math/rand", "math/rand/v2", "database/sql"}
	clock  = []string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc"}
)

// localWords are what only code that special-cases a local run would say in a
// string. The SDK reads its endpoints from the environment by itself.
var localWords = []string{"127.0.0.1", "localhost", "localstack", "dynoxide", "::1", "AWS_ENDPOINT_URL", "AWS_SAM_LOCAL"}

// topLevel is what may stand beside go.mod. Hidden entries are the tools' own.
var topLevel = []string{
	"functions", "infra", "internal", "Makefile", "README.md", "LICENSE", "go.mod", "go.sum", "template.yaml", "samconfig.toml",
	"*.test", "*.out", // left over by go test, ignored by git
}

const (
	maxLines     = 500 // of any Go file, tests too
	maxMainLines = 80  // of functions/*/main.go
)
