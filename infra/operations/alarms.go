package operations

import (
	"regexp"
	"slices"
	"strings"

	"extrato/internal/telemetry"
)

// What CloudWatch allows: an alarm looks back a day, or a week where its period
// is an hour or more.
const (
	hour        = 3600
	shortWindow = 24 * hour
	longWindow  = 7 * 24 * hour
)

var (
	identifiers = regexp.MustCompile(`\b[a-z][A-Za-z0-9_]*\b`)
	bend        = regexp.MustCompile(`([a-z])([A-Z])`)
)

// runbookOf is the file of an alarm: its logical id in kebab-case.
func runbookOf(alarm string) string {
	return strings.ToLower(bend.ReplaceAllString(alarm, "$1-$2")) + ".md"
}

func (c *checker) alarms() {
	const file = "infra/alarms.yaml"
	t, err := parse(c.p.Alarms)
	if err != nil {
		c.fault("%s: %v", file, err)
		return
	}
	c.resolve(file, t)
	c.same(file+": parameters", keys(at(t, "Parameters")), append(slices.Clone(parameters), mailing...))
	if text(at(t, "Parameters", "AlarmEmail", "Default")) != "" || at(t, "Parameters", "AlarmEmail", "Default") == nil {
		c.fault("%s: AlarmEmail has no empty default", file)
	}
	if text(at(t, "Outputs", "TopicArn", "Value", "Ref")) != "Topic" {
		c.fault("%s: the output TopicArn is not the topic", file)
	}
	for _, id := range keys(at(t, "Resources")) {
		if text(at(t, "Resources", id, "Type")) == "AWS::CloudWatch::Alarm" {
			c.alarmed = append(c.alarmed, id)
			c.alarm(file+": "+id, id, at(t, "Resources", id, "Properties"))
		}
	}
}

func (c *checker) alarm(what, id string, v any) {
	runbook := "infra/runbooks/" + runbookOf(id)
	if d := text(at(v, "AlarmDescription")); !strings.HasSuffix(d, ". Runbook "+runbook) || len(d) > 1024 {
		c.fault("%s: the description is no sentence that ends with Runbook %s", what, runbook)
	}
	if c.p.Runbooks[runbookOf(id)] == "" {
		c.fault("%s has no runbook", what)
	}
	if !slices.Contains([]string{"breaching", "notBreaching", "ignore", "missing"}, text(at(v, "TreatMissingData"))) {
		c.fault("%s: does not say how missing data is treated", what)
	}
	if actions, _ := at(v, "AlarmActions").([]any); len(actions) != 1 || text(at(actions[0], "Ref")) != "Topic" {
		c.fault("%s: does not publish to the topic", what)
	}
	period := number(at(v, "Period"))
	if list, ok := at(v, "Metrics").([]any); ok {
		period = c.computed(what, list)
	} else {
		c.single++
		c.watched(what, text(at(v, "Namespace")), text(at(v, "MetricName")), at(v, "Dimensions"))
	}
	n := number(at(v, "EvaluationPeriods"))
	limit := shortWindow
	if period >= hour {
		limit = longWindow
	}
	if period < 60 || period%60 != 0 || n < 1 || period*n > limit {
		c.fault("%s: %d periods of %d s are not among those that CloudWatch allows", what, n, period)
	}
	if m := at(v, "DatapointsToAlarm"); m != nil && (number(m) < 1 || number(m) > n) {
		c.fault("%s: %s data points of %d", what, text(m), n)
	}
}

// computed checks an alarm on metric math, and returns the period that all its
// metrics have.
func (c *checker) computed(what string, list []any) (period int) {
	ids, returned := map[string]bool{}, 0
	for _, m := range list {
		ids[text(at(m, "Id"))] = true
		if text(at(m, "ReturnData")) != "false" {
			returned++
		}
	}
	if returned != 1 {
		c.fault("%s: %d results, want 1", what, returned)
	}
	for _, m := range list {
		if at(m, "Expression") != nil {
			for _, name := range identifiers.FindAllString(text(at(m, "Expression")), -1) {
				if !ids[name] {
					c.fault("%s: the expression knows no %s", what, name)
				}
			}
			continue
		}
		c.computing++
		stat := at(m, "MetricStat")
		c.watched(what, text(at(stat, "Metric", "Namespace")), text(at(stat, "Metric", "MetricName")), at(stat, "Metric", "Dimensions"))
		if p := number(at(stat, "Period")); period != 0 && p != period {
			c.fault("%s: periods of %d and %d s", what, period, p)
		} else {
			period = p
		}
	}
	return period
}

// watched checks a metric of ours: its one dimension, and that the function
// which it names emits it.
func (c *checker) watched(what, namespace, metric string, dimensions any) {
	list, _ := dimensions.([]any)
	if namespace != telemetry.Namespace {
		if strings.HasPrefix(namespace, "AWS/") && len(list) > 0 {
			return
		}
		c.fault("%s: %s of %q without dimensions, or of a namespace that is neither ours nor AWS's", what, metric, namespace)
		return
	}
	if len(list) != 1 || text(at(list[0], "Name")) != telemetry.Dimension {
		c.fault("%s: %s has another dimension than %s", what, metric, telemetry.Dimension)
		return
	}
	if f := text(at(list[0], "Value", "Ref")); !slices.Contains(c.emitted[f], metric) {
		c.fault("%s: %s is not emitted by %s", what, metric, f)
	}
}
