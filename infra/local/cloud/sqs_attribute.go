package cloud

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	attributeName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,256}$`)
	attributeType = regexp.MustCompile(`^(String|Number|Binary)(\.[^\x00]{1,249})?$`)
)

// attribute is a message attribute, in the names of the protocol.
type attribute struct {
	DataType    string
	StringValue *string `json:",omitempty"`
	BinaryValue []byte  `json:",omitempty"`
}

// size is what the attribute counts for in the size of its message.
func (a attribute) size() int {
	n := len(a.DataType) + len(a.BinaryValue)
	if a.StringValue != nil {
		n += len(*a.StringValue)
	}
	return n
}

func checkAttributes(attributes map[string]attribute) error {
	if len(attributes) > 10 {
		return invalid("Number of message attributes [%d] exceeds the allowed maximum [10].", len(attributes))
	}
	for name, a := range attributes {
		lower := strings.ToLower(name)
		switch {
		case !attributeName.MatchString(name), strings.HasPrefix(lower, "aws."), strings.HasPrefix(lower, "amazon."):
			return invalid("The message attribute name %q is invalid.", clip(name))
		case !attributeType.MatchString(a.DataType):
			return invalid("The type of message attribute %q is invalid. You must use only the following supported type prefixes: Binary, Number, String.", name)
		case strings.HasPrefix(a.DataType, "Binary") && len(a.BinaryValue) == 0,
			!strings.HasPrefix(a.DataType, "Binary") && (a.StringValue == nil || *a.StringValue == ""):
			return invalid("Message attribute %q must contain a non-empty value of type %q.", name, a.DataType)
		case a.StringValue != nil && !validText(*a.StringValue):
			return badContents()
		}
	}
	return nil
}

// validText reports whether all characters are among those that SQS takes.
func validText(s string) bool {
	for _, r := range s {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000:
		default:
			return false
		}
	}
	return true
}

func badContents() *fault {
	return &fault{code: "InvalidMessageContents", query: "InvalidMessageContents",
		message: "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF."}
}

func sum(text string) string {
	h := md5.Sum([]byte(text))
	return hex.EncodeToString(h[:])
}

// sumAttributes returns the digest that SDKs check: over the attributes in the
// order of their names, each part preceded by its length in four bytes. It is
// "" where there are none.
func sumAttributes(attributes map[string]attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	h := md5.New()
	part := func(b []byte) {
		_ = binary.Write(h, binary.BigEndian, uint32(len(b)))
		_, _ = h.Write(b)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		part([]byte(name))
		part([]byte(a.DataType))
		if strings.HasPrefix(a.DataType, "Binary") {
			_, _ = h.Write([]byte{2})
			part(a.BinaryValue)
		} else {
			_, _ = h.Write([]byte{1})
			part([]byte(*a.StringValue))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// chosen returns the attributes that a receiver asked for: by name, by
// "prefix.*", or all of them by "All" or ".*".
func chosen(attributes map[string]attribute, names []string) map[string]attribute {
	picked := make(map[string]attribute)
	for name, a := range attributes {
		if slices.ContainsFunc(names, func(want string) bool {
			prefix, wild := strings.CutSuffix(want, ".*")
			return want == "All" || want == name || wild && (prefix == "" || strings.HasPrefix(name, prefix+"."))
		}) {
			picked[name] = a
		}
	}
	return picked
}
