package store

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// maxItem is DynamoDB's limit for one item, in bytes.
const maxItem = 400 * 1024

// size returns the bytes of an item as DynamoDB counts them: names and values
// in UTF-8; a number about one byte per two digits, one more and one for the
// sign; a list or map three bytes and one more per element.
func size(item attrs) int {
	n := 0
	for name, v := range item {
		n += len(name) + sizeOf(v)
	}
	return n
}

func sizeOf(v types.AttributeValue) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return (len(v.Value)+1)/2 + 2
	case *types.AttributeValueMemberL:
		n := 3
		for _, e := range v.Value {
			n += 1 + sizeOf(e)
		}
		return n
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + size(v.Value)
	default:
		return 1 // BOOL, the only other type we write
	}
}

// writeUnits returns what a transaction pays to write so many bytes: two units
// for every begun kilobyte.
func writeUnits(bytes int) int { return 2 * max(1, (bytes+1023)/1024) }
