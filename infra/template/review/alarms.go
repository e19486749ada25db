package review

// alarms: each tells somebody. What it watches, package operations checks.
func (r *review) alarms() {
	d := r.documents[Alarms]
	if d == nil {
		r.find(Alarms, "", "is missing", "hand it to Review")
		return
	}
	alarms := append(d.of("AWS::CloudWatch::Alarm"), d.of("AWS::CloudWatch::CompositeAlarm")...)
	if len(alarms) == 0 {
		r.find(Alarms, "", "has no alarm", "write some")
	}
	for _, a := range alarms {
		told := 0
		for _, n := range list(a.property("AlarmActions")) {
			for _, t := range d.topics() {
				if says(n) == "${"+t.id+"}" {
					told++
				}
			}
		}
		if told == 0 {
			r.find(Alarms, a.id, "tells nobody", "give it AlarmActions: [!Ref Topic]")
		}
		if says(a.property("ActionsEnabled")) == "false" {
			r.find(Alarms, a.id, "its actions are off", "take ActionsEnabled away")
		}
	}
}

// needed are the outputs that an ERP and a person need, with their values.
var needed = map[string]string{
	"ApiUrl": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", "TableName": "${Table}", "TableArn": "${Table.Arn}",
	"ErpReadPolicyArn": "${ErpReadPolicy}",
}

// outputs: what the ERP needs to begin is told.
func (r *review) outputs() {
	for name, want := range needed {
		r.want(name, "the output", says(at(r.main.root, "Outputs", name, "Value")), want)
	}
	for name, o := range members(at(r.main.root, "Outputs")) {
		if says(at(o, "Description")) == "" {
			r.find(Main, name, "has no description", "say what it is for")
		}
	}
}
