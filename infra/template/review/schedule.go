package review

import "fmt"

// schedule: four firings each weekday in the bank's time, each told when it was
// due, delivered or set aside.
func (r *review) schedule() {
	const id = "FanoutFunction"
	f := r.main.resource(id)
	found := 0
	for name, n := range members(f.property("Events")) {
		found++
		property := func(path ...string) string { return says(at(at(n, "Properties"), path...)) }
		r.want(id, name+".Type", says(at(n, "Type")), "ScheduleV2")
		r.want(id, name+".ScheduleExpression", property("ScheduleExpression"), "${ScheduleExpression}")
		r.want(id, name+".ScheduleExpressionTimezone", property("ScheduleExpressionTimezone"), "America/Sao_Paulo")
		r.want(id, name+".Input", property("Input"), `{"time":"<aws.scheduler.scheduled-time>"}`)
		r.want(id, name+".RoleArn", property("RoleArn"), "${ScheduleRole.Arn}")
		r.want(id, name+".DeadLetterConfig.Arn", property("DeadLetterConfig", "Arn"), "${ScheduleDeadLetterQueue.Arn}")
		r.want(id, name+".OmitName", property("OmitName"), "true") // two stacks of a region would share a name
		for _, limit := range []string{"MaximumRetryAttempts", "MaximumEventAgeInSeconds"} {
			if v := property("RetryPolicy", limit); v == "" || v == "0" {
				r.find(Main, id, fmt.Sprintf("%s.RetryPolicy.%s is %s", name, limit, quoted(v)), "say how long the Scheduler tries: its own default is a day")
			}
		}
		if s := property("State"); s != "" && s != "ENABLED" {
			r.find(Main, id, name+" is "+s, "leave it enabled")
		}
	}
	if found != 1 {
		r.find(Main, id, fmt.Sprintf("has %d events", found), "let the schedule alone invoke it")
	}
}

// async: the Scheduler hands a firing over and is done, so Lambda's own queue
// must know what becomes of one that fails.
func (r *review) async() {
	const id = "FanoutFunction"
	config := r.main.resource(id).property("EventInvokeConfig")
	r.want(id, "EventInvokeConfig.MaximumRetryAttempts", says(at(config, "MaximumRetryAttempts")), "2")
	r.want(id, "the type of its on-failure destination", says(at(config, "DestinationConfig", "OnFailure", "Type")), "SQS")
	r.want(id, "its on-failure destination", says(at(config, "DestinationConfig", "OnFailure", "Destination")), "${FanoutFailureQueue.Arn}")
	if at(config, "MaximumEventAgeInSeconds") == nil {
		r.find(Main, id, "a firing may be retried for six hours", "give EventInvokeConfig a MaximumEventAgeInSeconds below the next firing's distance")
	}
}
