package review

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"extrato/internal/bankday"
)

// defaults of the parameters, as the design has them; what is not given a
// deployment must say.
var defaults = map[string]struct {
	value string
	given bool
}{
	"JwtIssuer": {}, "JwtAudience": {},
	"CorsOrigin":  {"https://none.invalid", true}, // a name that never exists: no page
	"TenantClaim": {"tenant", true}, "AlarmEmail": {"", true}, "LogRetentionDays": {"90", true},
	"ScheduleExpression": {"cron(0 6,10,14,18 ? * MON-FRI *)", true},
	"BackfillDays":       {"60", true}, "LookbackDays": {"9", true}, "SyncConcurrency": {"20", true},
	"BankBaseUrl": {"https://cdpj.partners.bancointer.com.br", true}, "BankCaPem": {"", true},
}

// unbounded are the parameters without a constraint, with the reason.
var unbounded = map[string]string{
	"BankCaPem": "a PEM has many lines; the function refuses one that is none when it starts",
}

// parameters: each says what it is for and refuses what cannot be meant.
func (r *review) parameters() {
	for _, d := range r.documents {
		for name, p := range members(at(d.root, "Parameters")) {
			if says(at(p, "Description")) == "" {
				r.find(d.path, name, "has no description", "say what it is for")
			}
		}
	}
	all := at(r.main.root, "Parameters")
	for name, want := range defaults {
		p := at(all, name)
		if p == nil {
			r.find(Main, name, "is no parameter", "add it")
			continue
		}
		if given := at(p, "Default") != nil; given != want.given {
			r.find(Main, name, fmt.Sprintf("has a default: %v", given), fmt.Sprintf("make that %v", want.given))
		} else if given {
			r.want(name, "Default", says(at(p, "Default")), want.value)
		}
	}
	for name, p := range members(all) {
		bounded := at(p, "AllowedPattern") != nil || at(p, "AllowedValues") != nil || at(p, "MinValue") != nil && at(p, "MaxValue") != nil
		if _, ok := unbounded[name]; !ok && !bounded {
			r.find(Main, name, "takes any value", "give it AllowedPattern, AllowedValues, or MinValue and MaxValue")
		}
		if pattern := says(at(p, "AllowedPattern")); pattern != "" {
			if re, err := regexp.Compile("^(?:" + pattern + ")$"); err != nil {
				r.find(Main, name, "its pattern is none", err.Error())
			} else if n := at(p, "Default"); n != nil && !re.MatchString(says(n)) {
				r.find(Main, name, "refuses its own default", "mend AllowedPattern")
			}
		}
	}
	r.bounds()
	var allowed []string
	for _, n := range list(at(all, "LogRetentionDays", "AllowedValues")) {
		allowed = append(allowed, n.Value)
	}
	if !slices.Contains(allowed, "90") {
		r.find(Main, "LogRetentionDays", "does not say which values there are", "list those that CloudWatch Logs takes")
	}
}

// bounds: what the code takes, the template allows, and no more.
func (r *review) bounds() {
	look := at(r.main.root, "Parameters", "LookbackDays")
	least, _ := strconv.Atoi(says(at(look, "MinValue")))
	most, _ := strconv.Atoi(says(at(look, "MaxValue")))
	if least < 9 || most > bankday.MaxDays {
		r.find(Main, "LookbackDays", fmt.Sprintf("goes from %d to %d", least, most),
			fmt.Sprintf("keep it within 9, the longest run of days without banking, and %d", bankday.MaxDays))
	}
	brake := at(r.main.root, "Parameters", "SyncConcurrency")
	least, _ = strconv.Atoi(says(at(brake, "MinValue")))
	most, _ = strconv.Atoi(says(at(brake, "MaxValue")))
	if least < 2 || most > 1000 {
		r.find(Main, "SyncConcurrency", fmt.Sprintf("goes from %d to %d", least, most), "keep it within 2 and 1000: Lambda takes no other")
	}
}
