package operations

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// procedures are the runbooks that belong to no alarm.
var procedures = []string{"README.md", "dead-letter-redrive.md", "restore-from-pitr.md", "key-rotation.md"}

// sections are what a runbook of an alarm answers.
var sections = []string{"**What it means.**", "**Who is affected.**", "**Look.**", "**Do.**", "**Over when**"}

const maxLine = 130

var (
	isMessage  = regexp.MustCompile(`message (?:=|!=) "([^"]+)"`)
	inMessages = regexp.MustCompile(`message in \[([^\]]+)\]`)
	likeText   = regexp.MustCompile(`message like /([^/]+)/`)
	quoted     = regexp.MustCompile(`"([^"]+)"`)
	query      = regexp.MustCompile(`(?s)\bask (\w+) [0-9]+ '([^']*)'`)
	logicalID  = regexp.MustCompile(`\b(?:id|arn) ([A-Z]\w+)`)
	link       = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	itemKey    = regexp.MustCompile(`\b([A-Z]{3,})#`)
	snake      = regexp.MustCompile("`([a-z]+(?:_[a-z]+)+)`")
	field      = regexp.MustCompile(`@?\b[a-z]\w*(?:\.\w+)*`)
	texts      = regexp.MustCompile(`"[^"]*"|/[^/]*/`)
	alias      = regexp.MustCompile(`\bas (\w+)`)
)

// insights are the words of the query language, and the fields that Lambda's
// platform and CloudWatch put into a line.
var insights = strings.Fields(`fields filter stats sort limit by as and or not in like asc desc bin count sum avg min max latest earliest
	ispresent h m s
	@timestamp @message @ptr level message type requestId
	record.status record.errorType record.requestId record.metrics.durationMs record.metrics.maxMemoryUsedMB`)

func (c *checker) runbooks() {
	const folder = "infra/runbooks/"
	want := slices.Clone(procedures)
	for _, alarm := range c.alarmed {
		want = append(want, runbookOf(alarm))
	}
	c.same(folder, slices.Sorted(maps.Keys(c.p.Runbooks)), want)
	code := c.everything()
	for name, text := range c.p.Runbooks {
		what := folder + name
		if !slices.Contains(procedures, name) {
			for _, s := range sections {
				if strings.Count(text, s) != 1 {
					c.fault("%s: %s is not there once", what, s)
				}
			}
		}
		for i, line := range strings.Split(text, "\n") {
			if n := len([]rune(line)); n > maxLine {
				c.fault("%s:%d: %d characters", what, i+1, n)
			}
		}
		c.queries(what, text)
		c.mentions(what, text, code)
	}
}

// queries checks the log queries of a runbook: groups, messages and fields.
func (c *checker) queries(what, text string) {
	for _, q := range query.FindAllStringSubmatch(text, -1) {
		group, ask := q[1], q[2]
		if c.resources[group] == nil {
			c.fault("%s: template.yaml has no %s", what, group)
		}
		var messages []string
		for _, m := range isMessage.FindAllStringSubmatch(ask, -1) {
			messages = append(messages, m[1])
		}
		for _, m := range inMessages.FindAllStringSubmatch(ask, -1) {
			for _, one := range quoted.FindAllStringSubmatch(m[1], -1) {
				messages = append(messages, one[1])
			}
		}
		for _, m := range messages {
			if !c.messages[m] {
				c.fault("%s: nothing logs %q", what, m)
			}
		}
		for _, m := range likeText.FindAllStringSubmatch(ask, -1) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(c.messages)), func(s string) bool { return strings.Contains(s, m[1]) }) {
				c.fault("%s: nothing logs a message like %q", what, m[1])
			}
		}
		known := slices.Clone(insights)
		if group == "AccessLogGroup" {
			known = append(known, c.accessFields()...)
		}
		for _, m := range alias.FindAllStringSubmatch(ask, -1) {
			known = append(known, m[1])
		}
		for _, f := range field.FindAllString(texts.ReplaceAllString(ask, ""), -1) {
			if !slices.Contains(known, f) && !c.keys[f] {
				c.fault("%s: no log line has %s", what, f)
			}
		}
	}
	if n := strings.Count(text, "\nask ") + strings.Count(text, "`ask "); n != len(query.FindAllString(text, -1)) {
		c.fault("%s: a query that is not of the form: ask group hours 'query'", what)
	}
}

// accessFields are the names that the API's access log gives, by its format.
func (c *checker) accessFields() []string {
	var line map[string]string
	format := text(at(c.resources["Api"], "Properties", "AccessLogSettings", "Format"))
	if err := json.Unmarshal([]byte(format), &line); err != nil {
		c.fault("template.yaml: the access log's format is not JSON: %v", err)
	}
	return slices.Collect(maps.Keys(line))
}

// mentions checks what a runbook names: resources, other runbooks, keys of the
// table, codes and attributes.
func (c *checker) mentions(what, text, code string) {
	for _, m := range logicalID.FindAllStringSubmatch(text, -1) {
		if c.resources[m[1]] == nil && m[1] != "FanoutFunctionSchedule" { // which SAM makes of the event
			c.fault("%s: template.yaml has no %s", what, m[1])
		}
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if c.p.Runbooks[path.Clean(m[1])] == "" {
			c.fault("%s: there is no %s", what, m[1])
		}
	}
	schema := c.p.Source["internal/store/doc.go"]
	for _, m := range itemKey.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(schema, m[1]+"#<") {
			c.fault("%s: the table has no key %s#", what, m[1])
		}
	}
	for _, m := range snake.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(code, m[1]) {
			c.fault("%s: the code knows no %s", what, m[1])
		}
	}
}

// everything is the code as one text.
func (c *checker) everything() string {
	var b strings.Builder
	for _, text := range c.p.Source {
		b.WriteString(text)
	}
	return b.String()
}
