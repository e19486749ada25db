package cloud

import "fmt"

func noQueue() *fault {
	return &fault{code: "QueueDoesNotExist", query: "AWS.SimpleQueueService.NonExistentQueue",
		message: "The specified queue does not exist."}
}

func missing(parameter string) *fault {
	return &fault{code: "MissingRequiredParameterException", query: "MissingParameter",
		message: fmt.Sprintf("The request must contain the parameter %s.", parameter)}
}

// invalid says that a parameter's value cannot be; SQS has no modelled type for it.
func invalid(format string, args ...any) *fault {
	return &fault{code: "InvalidParameterValueException", query: "InvalidParameterValue", message: fmt.Sprintf(format, args...)}
}

func invalidValue(value any, parameter, reason string) *fault {
	return invalid("Value %v for parameter %s is invalid. Reason: %s", value, parameter, reason)
}

func unsupported(what string) *fault {
	return &fault{code: "UnsupportedOperation", query: "AWS.SimpleQueueService.UnsupportedOperation",
		message: "The local stand-in for SQS does not simulate " + what + "."}
}

// whole checks an optional number of seconds.
func whole(value *int, fallback, most int, parameter string) (int, error) {
	if value == nil {
		return fallback, nil
	}
	if *value < 0 || *value > most {
		return 0, invalidValue(*value, parameter, fmt.Sprintf("Must be between 0 and %d, if provided.", most))
	}
	return *value, nil
}
