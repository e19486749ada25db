package inter

import (
	"errors"
	"io"
)

var errTooLarge = errors.New("the answer is larger than any that was expected")

// body reads an answer up to a bound, and remembers what a decoder hides: that
// the connection broke, that the bound was met, and how the answer began.
type body struct {
	from     io.Reader
	left     int64
	first    byte // first byte that is not blank; 0 while there is none
	tooLarge bool
	broken   error             // of the connection or the compression, other than the end
	more     func(n int) error // told of every piece; its error ends the reading. nil is none
	refused  error             // what more said
}

// Read implements io.Reader. It fills p while there is more: json.Decoder looks
// at blanks again after every read, so that small pieces of a long blank, which
// compresses to nothing, would cost time by the square of its length.
func (b *body) Read(p []byte) (int, error) {
	switch {
	case b.tooLarge:
		return 0, errTooLarge
	case b.refused != nil:
		return 0, b.refused
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed, to tell the end from the bound
	}
	var n int
	var err error
	for n < len(p) && err == nil {
		var more int
		more, err = b.from.Read(p[n:])
		n += more
	}
	if err != nil && err != io.EOF {
		b.broken = err
	}
	if int64(n) > b.left {
		b.tooLarge = true
		return 0, errTooLarge
	}
	b.left -= int64(n)
	for i := 0; i < n && b.first == 0; i++ {
		if c := p[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			b.first = c
		}
	}
	if b.more != nil && n > 0 {
		if b.refused = b.more(n); b.refused != nil {
			return 0, b.refused
		}
	}
	return n, err
}

// describe says why an answer could not be used, in words that help more than
// a decoder's.
func (b *body) describe(err error) string {
	switch {
	case b.tooLarge:
		return errTooLarge.Error()
	case b.first == 0:
		return "the answer is empty"
	case b.first == '<':
		return "the answer is an HTML page"
	case b.first != '{':
		return "the answer is not a JSON object"
	}
	return err.Error()
}
