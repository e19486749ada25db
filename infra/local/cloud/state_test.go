package cloud_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/cloud"
)

func TestStateSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		q := inProcess(open(t, cloud.Options{Dir: dir})).queue
		dead := newQueue(t, q, nil)
		arn := attributesOf(t, q, dead, "QueueArn")["QueueArn"]
		settings := map[string]string{"VisibilityTimeout": "1860", "RedrivePolicy": `{"deadLetterTargetArn":"` + arn + `","maxReceiveCount":2}`}
		url := newQueue(t, q, settings)
		send(t, q, url, "deleted")
		must(q.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: receive(t, q, url)[0].ReceiptHandle}))(t)
		send(t, q, url, "in flight")
		handle := receive(t, q, url)[0]
		must(q.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("delayed"), DelaySeconds: 60,
			MessageGroupId: aws.String("t1")}))(t)
		send(t, q, url, "waiting")

		c := open(t, cloud.Options{Dir: dir})
		q = inProcess(c).queue
		var total cloud.Depth
		depths, _ := c.Depths()
		for _, d := range depths {
			total.Visible += d.Visible
			total.Delayed += d.Delayed
			total.InFlight += d.InFlight
		}
		if d := cmp.Diff(cloud.Depth{Visible: 1, Delayed: 1, InFlight: 1}, total); d != "" {
			t.Errorf("after a restart (-want +got):\n%s", d)
		}
		got := attributesOf(t, q, url, "VisibilityTimeout", "RedrivePolicy")
		if d := cmp.Diff(settings, got); d != "" {
			t.Errorf("attributes after a restart (-want +got):\n%s", d)
		}
		show(t, q, url, handle, 120) // the handle outlives the restart
		q = inProcess(open(t, cloud.Options{Dir: dir})).queue
		time.Sleep(time.Minute)
		if d := cmp.Diff([]string{"delayed", "waiting"}, bodies(receive(t, q, url))); d != "" {
			t.Errorf("after a minute (-want +got):\n%s", d)
		}
		time.Sleep(time.Minute)
		if d := cmp.Diff([]string{"in flight"}, bodies(receive(t, q, url))); d != "" {
			t.Errorf("after two minutes (-want +got):\n%s", d)
		}
		// The receives before the restart count: the next look buries.
		time.Sleep(1860 * time.Second)
		receive(t, q, url)
		q = inProcess(open(t, cloud.Options{Dir: dir})).queue
		if d := cmp.Diff([]string{"in flight"}, bodies(receive(t, q, dead))); d != "" {
			t.Errorf("in the dead-letter queue (-want +got):\n%s", d)
		}
	})
}

func TestSecretsSurviveRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := overLoopback(t, open(t, cloud.Options{Dir: dir})).secret
	kept, deleted := vaultName(), vaultName()
	create(t, first, kept, "one", tokenA)
	put(t, first, kept, "two", tokenB)
	create(t, first, deleted, "x", tokenA)
	must(first.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: deleted}))(t)

	second := overLoopback(t, open(t, cloud.Options{Dir: dir})).secret
	got := []string{valueOf(t, second, kept, ""), valueOf(t, second, kept, "AWSPREVIOUS")}
	if d := cmp.Diff([]string{"two", "one"}, got); d != "" {
		t.Errorf("values after a restart (-want +got):\n%s", d)
	}
	put(t, second, kept, "two", tokenB) // still a repeat
	if got := valueOf(t, second, kept, "AWSPREVIOUS"); got != "one" {
		t.Errorf("a repeat after a restart moved the labels: AWSPREVIOUS is %q", got)
	}
	_, err := second.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: deleted})
	fails[*smtypes.InvalidRequestException](t, "read what is scheduled for deletion", err)
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	c := overLoopback(t, open(t, cloud.Options{Dir: dir}))
	send(t, c.queue, newQueue(t, c.queue, nil), "x")
	create(t, c.secret, vaultName(), "x", tokenA)
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || files != 3 { // a queue, a message, a secret
		t.Errorf("%d files, error %v; want 3", files, err)
	}
}

func TestDamagedState(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := overLoopback(t, open(t, cloud.Options{Dir: dir}))
	create(t, c.secret, vaultName(), "marked-secret", tokenA)
	files, err := filepath.Glob(filepath.Join(dir, "secrets", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	// What a crash leaves before the rename is swept up.
	unfinished := filepath.Join(dir, "secrets", ".new-123")
	if err := os.WriteFile(unfinished, []byte(`{"Name":`), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, cloud.Options{Dir: dir})
	if _, err := os.Stat(unfinished); !os.IsNotExist(err) {
		t.Errorf("an unfinished file is still there: %v", err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[0], text[:len(text)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = cloud.New(cloud.Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), files[0]) || strings.Contains(err.Error(), "marked-secret") {
		t.Errorf("a damaged file: error %v; want one that names the file and not its content", err)
	}
}
