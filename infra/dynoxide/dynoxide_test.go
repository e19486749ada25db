package dynoxide

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestStartTwoAndClose(t *testing.T) {
	t.Parallel()
	first, second := startOne(t, Options{}), startOne(t, Options{})
	if first.Endpoint() == second.Endpoint() {
		t.Fatalf("both listen on %s", first.Endpoint())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", first.address); err == nil {
		_ = conn.Close()
		t.Error("the closed server still accepts connections")
	}
	conn, err := net.Dial("tcp", second.address)
	if err != nil {
		t.Fatalf("closing one server ended the other: %v", err)
	}
	_ = conn.Close()
}

func TestDBPathSurvivesClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	client := func(s *Server) *dynamodb.Client {
		return dynamodb.New(dynamodb.Options{
			Region: "us-east-1", BaseEndpoint: aws.String(s.Endpoint()),
			Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
		})
	}
	first := startOne(t, Options{DBPath: path})
	_, err := client(first).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("kept"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("PK"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("PK"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := client(startOne(t, Options{DBPath: path})).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"kept"}; !slices.Equal(out.TableNames, want) {
		t.Errorf("after a restart the tables are %v, want %v", out.TableNames, want)
	}
}

func TestChildThatCannotListenIsAnError(t *testing.T) {
	t.Parallel()
	_, err := start(t.Context(), script(t, "echo error: no such database >&2; exit 1"), Options{})
	if err == nil || !strings.Contains(err.Error(), "no such database") {
		t.Errorf("got %v, want the child's last line", err)
	}
}

// The parent of this test's dynoxide is a test binary that is killed: the
// kernel must end the child with it.
func TestChildEndsWithAKilledParent(t *testing.T) {
	t.Parallel()
	if os.Getenv("DYNOXIDE_PARENT") != "" {
		s := startOne(t, Options{})
		fmt.Printf("address=%s\n", s.address)
		select {}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	parent := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChildEndsWithAKilledParent$")
	parent.Env = append(os.Environ(), "DYNOXIDE_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "address=")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for ctx.Err() == nil {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return // nobody listens any more
		}
		_ = conn.Close()
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the child on %q outlives its parent", address)
}

// A stand-in for npm counts its calls and leaves what npm leaves.
const fakeNPM = `echo call >> "$(dirname "$0")/calls"
pkg="$3/node_modules/@dynoxide/linux-x64"
mkdir -p "$pkg"
printf '#!/bin/sh\n' > "$pkg/dynoxide"
chmod +x "$pkg/dynoxide"
printf '{"packages":{"node_modules/@dynoxide/linux-x64":{"version":"1.2.1"}}}' > "$3/node_modules/.package-lock.json"`

func TestFetchedOnceByManyProcesses(t *testing.T) {
	npm := script(t, fakeNPM)
	t.Setenv("PATH", filepath.Dir(npm)+":/usr/bin:/bin")
	tools := filepath.Join(t.TempDir(), ".tools")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			path, err := ensureIn(t.Context(), tools)
			if err != nil {
				t.Error(err)
			} else if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	calls, err := os.ReadFile(filepath.Join(filepath.Dir(npm), "calls"))
	if err != nil {
		t.Fatal(err)
	}
	if string(calls) != "call\n" {
		t.Errorf("npm was called %d times, want once", strings.Count(string(calls), "call"))
	}
}

func TestFaultsAreOneLineThatSaysWhatToDo(t *testing.T) {
	tests := []struct {
		name, npm string // npm is the script, "" for none on the PATH
		want      string
	}{
		{"no npm", "", "install Node.js"},
		{"registry out of reach", "echo 'npm error code ENOTFOUND' >&2; echo 'npm error network request to https://registry.example/ failed' >&2; exit 1", "(ENOTFOUND)"},
		{"older npm", "echo 'npm ERR! code ETIMEDOUT' >&2; exit 1", "(ETIMEDOUT)"},
		{"npm without a reason", "exit 3", "(no code given)"},
		{"npm that does nothing", "exit 0", "remove that folder"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir()
			if test.npm != "" {
				path = filepath.Dir(script(t, test.npm)) + ":/usr/bin:/bin"
			}
			t.Setenv("PATH", path)
			_, err := ensureIn(t.Context(), filepath.Join(t.TempDir(), ".tools"))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range []string{test.want, "AWS_ENDPOINT_URL_DYNAMODB"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			for _, not := range []string{"\n", "registry.example"} {
				if strings.Contains(err.Error(), not) {
					t.Errorf("%q contains %q", err, not)
				}
			}
		})
	}
}

func TestHalfFetchedDoesNotCount(t *testing.T) {
	t.Parallel()
	tools := t.TempDir()
	dir := filepath.Join(tools, "node_modules", "@dynoxide", "linux-x64")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dynoxide"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if path, ok := installed(tools); ok {
		t.Errorf("%s is taken though npm did not finish", path)
	}
}

func TestModuleRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := moduleRoot(deep); err == nil {
		t.Error("a root was found where there is no go.mod")
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := moduleRoot(deep); err != nil || got != root {
		t.Errorf("got %q, %v, want %q", got, err, root)
	}
}

func startOne(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// script writes a shell script named npm into a folder of its own.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "npm")
	// A child that another test forks while the file is open for writing would
	// hold it open, and running it would fail: "text file busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
