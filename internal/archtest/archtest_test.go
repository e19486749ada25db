package archtest

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestRepository is the test that the rules exist for.
func TestRepository(t *testing.T) {
	t.Parallel()
	found, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// sound is a small module that keeps every rule.
func sound() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"go.mod":                              "module example\n\ngo 1.26\n",
		"README.md":                           "",
		".ci/run":                             "",
		"sync.test":                           "",
		"internal/statement/doc.go":           "// Package statement is the vocabulary.\npackage statement\n\nimport \"fmt\"\n",
		"internal/merge/merge.go":             "// Package merge merges.\npackage merge\n\nimport \"example/internal/statement\"\n",
		"internal/store/store.go":             "// Package store stores.\npackage store\n\nimport (\n\t\"example/internal/statement\"\n\t\"github.com/aws/aws-sdk-go-v2/service/dynamodb/types\"\n)\n",
		"internal/store/store_test.go":        "package store\n\nimport (\n\t\"example/infra/dynoxide\"\n\t\"example/internal/syncer\"\n\t\"testing\"\n)\n\nconst at = \"127.0.0.1\"\n",
		"internal/syncer/syncer.go":           "// Package syncer syncs.\npackage syncer\n\nimport \"example/internal/merge\"\n\n// A run on localhost is no special case: a comment may say so.\n",
		"internal/inter/intertest/bank.go":    "// Package intertest is the bank.\npackage intertest\n\nimport \"testing\"\n\nconst at = \"127.0.0.1:8443\"\n",
		"internal/store/storetest/kit.go":     "// Package storetest tests stores.\npackage storetest\n\nimport (\n\t\"example/infra/dynoxide\"\n\t\"testing\"\n)\n",
		"functions/sync/main.go":              "// Command sync syncs.\npackage main\n\nimport (\n\t\"example/internal/store\"\n\t\"example/internal/syncer\"\n\t\"github.com/aws/aws-lambda-go/lambda\"\n)\n",
		"infra/local/main.go":                 "// Command local runs it all.\npackage main\n\nimport (\n\t\"example/infra/local/cloud\"\n\t\"example/internal/inter/intertest\"\n\t\"gopkg.in/yaml.v3\"\n)\n\nconst at = \"127.0.0.1:8080\"\n",
		"infra/local/cloud/cloud.go":          "// Package cloud is the cloud.\npackage cloud\n",
		"internal/store/testdata/x/broken.go": "no Go at all",
		"infra/.tools/x/y.go":                 "no Go at all",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func TestSoundTree(t *testing.T) {
	t.Parallel()
	found, err := Check(sound())
	if err != nil || len(found) > 0 {
		t.Errorf("Check of the sound tree = %v, %v", found, err)
	}
}

// TestViolations adds one file, or some, to the sound tree and wants exactly the
// one violation it is.
func TestViolations(t *testing.T) {
	t.Parallel()
	doc := func(pkg, rest string) string {
		return "// Package " + pkg + " is here.\npackage " + pkg + "\n\n" + rest
	}
	imports := func(pkg, path string) string { return doc(pkg, "import _ \""+path+"\"\n") }
	for _, tt := range []struct{ name, file, text, want string }{
		{"statement imports a library", "internal/statement/x.go", imports("statement", "github.com/google/uuid"),
			"internal/statement/x.go: imports github.com/google/uuid: not among its libraries"},
		{"statement imports upwards", "internal/statement/x.go", imports("statement", "example/internal/bankday"),
			"internal/statement/x.go: imports example/internal/bankday: not among the packages that it may know"},
		{"adapter imports adapter", "internal/vault/x.go", imports("vault", "example/internal/store"),
			"internal/vault/x.go: imports example/internal/store: not among the packages that it may know"},
		{"adapter imports job", "internal/queue/x.go", imports("queue", "example/internal/fanout"),
			"internal/queue/x.go: imports example/internal/fanout: not among the packages that it may know"},
		{"adapter imports another's SDK", "internal/vault/x.go", imports("vault", "github.com/aws/aws-sdk-go-v2/service/sqs"),
			"internal/vault/x.go: imports github.com/aws/aws-sdk-go-v2/service/sqs: not among its libraries"},
		{"the name of a library is no beginning", "internal/vault/x.go", imports("vault", "github.com/aws/aws-sdk-go-v2/service/secretsmanagerplus"),
			"internal/vault/x.go: imports github.com/aws/aws-sdk-go-v2/service/secretsmanagerplus: not among its libraries"},
		{"job imports adapter", "internal/fanout/x.go", imports("fanout", "example/internal/queue"),
			"internal/fanout/x.go: imports example/internal/queue: not among the packages that it may know"},
		{"job imports SDK", "internal/syncer/x.go", imports("syncer", "github.com/aws/aws-sdk-go-v2/aws"),
			"internal/syncer/x.go: imports github.com/aws/aws-sdk-go-v2/aws: not among its libraries"},
		{"job imports job", "internal/syncer/x.go", imports("syncer", "example/internal/enable"),
			"internal/syncer/x.go: imports example/internal/enable: not among the packages that it may know"},
		{"api imports adapter", "internal/api/x.go", imports("api", "example/internal/store"),
			"internal/api/x.go: imports example/internal/store: not among the packages that it may know"},
		{"internal imports infra", "internal/api/x.go", imports("api", "example/infra/dynoxide"),
			"internal/api/x.go: imports example/infra/dynoxide: not among the packages that it may know"},
		{"function imports infra", "functions/sync/x.go", imports("main", "example/infra/template"),
			"functions/sync/x.go: imports example/infra/template: not among the packages that it may know"},
		{"test kit imports the stack", "internal/store/storetest/x.go", imports("storetest", "example/infra/local/cloud"),
			"internal/store/storetest/x.go: imports example/infra/local/cloud: not among the packages that it may know"},
		{"function imports the simulator", "functions/sync/x.go", imports("main", "example/internal/inter/intertest"),
			"functions/sync/x.go: imports example/internal/inter/intertest: not among the packages that it may know"},
		{"function imports a library of infra", "functions/sync/x.go", imports("main", "gopkg.in/yaml.v3"),
			"functions/sync/x.go: imports gopkg.in/yaml.v3: not among its libraries"},
		{"merge asks the network", "internal/merge/x.go", imports("merge", "net/http"), "internal/merge/x.go: imports net/http: the package is pure"},
		{"merge asks the clock", "internal/merge/x.go", doc("merge", "import \"time\"\n\nfunc now() time.Time { return time.Now() }\n"),
			"internal/merge/x.go: calls time.Now: the package is pure"},
		{"product imports testing", "internal/api/x.go", imports("api", "testing/fstest"), "internal/api/x.go: imports testing/fstest: for tests only"},
		{"new package", "internal/helpers/x.go", doc("helpers", ""),
			"internal/helpers: the package has no rule: add a row to internal/archtest/rules.go"},
		{"new package below another", "internal/store/cache/x.go", doc("cache", ""),
			"internal/store/cache: the package has no rule: add a row to internal/archtest/rules.go"},
		{"package of functions", "functions/x.go", doc("functions", ""),
			"functions: the package has no rule: add a row to internal/archtest/rules.go"},
		{"program in internal", "internal/merge/cmd/x.go", doc("main", ""), "internal/merge/cmd: a program belongs in functions/* or infra/*"},
		{"program too deep", "infra/local/cmd/x.go", doc("main", ""), "infra/local/cmd: a program belongs in functions/* or infra/*"},
		{"function that is no program", "functions/other/x.go", doc("other", ""), "functions/other: functions/* hold programs only"},
		{"long main", "functions/api/main.go", doc("main", strings.Repeat("\n", 78)), "functions/api/main.go: has 81 lines, at most 80"},
		{"long file", "internal/api/x_test.go", doc("api", strings.Repeat("\n", 498)), "internal/api/x_test.go: has 501 lines, at most 500"},
		{"local address", "internal/api/x.go", doc("api", "const at = `http://LocalHost:8000`\n"),
			`internal/api/x.go: says "localhost": product code has no special case for local runs`},
		{"endpoint by hand", "functions/sync/x.go", doc("main", "const name = \"AWS_ENDPOINT_URL_SQS\"\n"),
			`functions/sync/x.go: says "AWS_ENDPOINT_URL": product code has no special case for local runs`},
		{"stray folder", "pkg/x.txt", "", "pkg: does not belong at the top level"},
		{"stray file", "notes.md", "", "notes.md: does not belong at the top level"},
		{"no doc comment", "internal/queue/x.go", "package queue\n", "internal/queue: the package has no doc comment"},
		{"no Go", "internal/queue/x.go", "func", "internal/queue/x.go: does not parse"},
		{"init", "internal/statement/x.go", doc("statement", "func init() {}\n"), "internal/statement/x.go: has an init function: build it in main"},
		{"skipped test", "internal/statement/x_test.go", doc("statement", "import \"testing\"\n\nfunc TestX(t *testing.T) { t.Skip() }\n"),
			"internal/statement/x_test.go: skips a test"},
		{"note for later", "internal/statement/x_test.go", doc("statement", "// TO"+"DO: more\n"), "internal/statement/x_test.go: has a TO" + "DO"},
		{"assertion library", "internal/statement/x_test.go", imports("statement", "github.com/stretchr/testify/require"),
			"internal/statement/x_test.go: imports stretchr/testify: table tests and fakes do"},
	} {
		tree := maps.Clone(sound())
		tree[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
		found, err := Check(tree)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range found {
			got = append(got, v.String())
		}
		if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestRulesAreAcyclic: the table itself must not allow a circle, and may name
// only packages that have a row; adapters, jobs and test kits know no adapter.
func TestRulesAreAcyclic(t *testing.T) {
	t.Parallel()
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		for _, seen := range path {
			if seen == name {
				t.Fatalf("a circle: %v, %s", path, name)
			}
		}
		r, ok := product[name]
		if !ok {
			t.Errorf("%v allows %s, which has no row", path, name)
		}
		for _, next := range r.internal {
			if len(path) > 0 && product[next].testkit {
				t.Errorf("%s may import the test kit %s", name, next)
			}
			visit(next, append(path, name))
		}
	}
	for name := range product {
		visit(name, nil)
	}
	for _, name := range []string{"inter", "store", "vault", "queue"} {
		if diff := cmp.Diff([]string{"statement"}, product[name].internal); diff != "" {
			t.Errorf("adapter %s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"fanout", "syncer", "enable", "api"} {
		for _, known := range product[name].internal {
			if known == "inter" || known == "store" || known == "vault" || known == "queue" {
				t.Errorf("%s may import the adapter %s", name, known)
			}
		}
	}
}
