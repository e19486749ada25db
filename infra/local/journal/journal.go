// Package journal keeps what functions print: all of it in a file per
// function, and warnings, errors and whatever is not a log line (a panic's
// trace) on the console too, so that trouble is seen without looking for it.
package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Journal is the log of one function. Its methods may be called by several
// goroutines.
type Journal struct {
	name string
	echo io.Writer

	mu   sync.Mutex
	file *os.File
}

// Open empties or makes the file <dir>/<name>.log, readable by its owner only:
// logs tell of accounts. Lines that a person should see are copied to echo,
// each after the function's name.
func Open(dir, name string, echo io.Writer) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open log of %s: %w", name, err)
	}
	file, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of %s: %w", name, err)
	}
	return &Journal{name: name, echo: echo, file: file}, nil
}

// Path returns the file's path.
func (j *Journal) Path() string { return j.file.Name() }

// Close closes the file. Streams written to later lose their lines.
func (j *Journal) Close() error { return j.file.Close() }

// Stream returns a writer for one process, so that lines of several never mix.
// Closing it writes an unfinished last line.
func (j *Journal) Stream() io.WriteCloser { return &stream{journal: j} }

// maxLine bounds what is held back while a line has no end.
const maxLine = 1 << 20

type stream struct {
	journal *Journal
	mu      sync.Mutex
	partial []byte
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = append(s.partial, b...)
	for {
		end := bytes.IndexByte(s.partial, '\n') + 1
		if end == 0 && len(s.partial) < maxLine {
			return len(b), nil
		}
		if end == 0 {
			end = len(s.partial)
		}
		s.journal.line(s.partial[:end])
		s.partial = append([]byte(nil), s.partial[end:]...)
	}
}

func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.partial) > 0 {
		s.journal.line(append(s.partial, '\n'))
		s.partial = nil
	}
	return nil
}

func (j *Journal) line(b []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = j.file.Write(b) // a full disk must not stop the function
	if text := bytes.TrimSpace(b); len(text) > 0 && alarming(text) {
		_, _ = fmt.Fprintf(j.echo, "%s: %s\n", j.name, text)
	}
}

// alarming tells a line that a person should see: a warning, an error, or one
// that no logger wrote.
func alarming(line []byte) bool {
	var l struct {
		Level string `json:"level"`
		Error string `json:"errorMessage"` // what aws-lambda-go prints of a failed invocation
	}
	if json.Unmarshal(line, &l) != nil {
		return true
	}
	return l.Level == "WARN" || l.Level == "ERROR" || l.Level == "FATAL" || l.Error != ""
}
