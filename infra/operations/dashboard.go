package operations

import (
	"slices"

	"extrato/internal/telemetry"
)

// dashboard checks that every metric of ours is shown, and none besides, that
// widgets do not overlap, and that the template stands by itself.
func (c *checker) dashboard() {
	const file = "infra/dashboard.json"
	t, err := parse(c.p.Dashboard)
	if err != nil || !strict(c.p.Dashboard) {
		c.fault("%s: not JSON: %v", file, err)
		return
	}
	c.resolve(file, t)
	c.same(file+": parameters", keys(at(t, "Parameters")), parameters)
	if text(at(t, "Transform")) != "AWS::LanguageExtensions" {
		c.fault("%s: Fn::ToJsonString needs the transform AWS::LanguageExtensions", file)
	}
	widgets, _ := at(t, "Resources", "Dashboard", "Properties", "DashboardBody", "Fn::ToJsonString", "widgets").([]any)
	if len(widgets) == 0 {
		c.fault("%s: no widgets", file)
	}
	shown := map[string][]string{}
	taken := map[[2]int]bool{}
	for _, w := range widgets {
		title := file + ": " + text(at(w, "properties", "title"))
		x, y, width, height := number(at(w, "x")), number(at(w, "y")), number(at(w, "width")), number(at(w, "height"))
		if x < 0 || y < 0 || width < 1 || height < 1 || x+width > 24 {
			c.fault("%s: out of the 24 columns", title)
		}
		for i := range max(width, 0) * max(height, 0) {
			cell := [2]int{x + i%width, y + i/width}
			if taken[cell] {
				c.fault("%s: over another widget", title)
			}
			taken[cell] = true
		}
		if text(at(w, "properties", "region", "Ref")) != "AWS::Region" || number(at(w, "properties", "period"))%60 != 0 {
			c.fault("%s: region or period", title)
		}
		metrics, _ := at(w, "properties", "metrics").([]any)
		if len(metrics) == 0 {
			c.fault("%s: no metrics", title)
		}
		for _, m := range metrics {
			row, _ := m.([]any)
			if len(row) < 4 || text(row[0]) != telemetry.Namespace {
				continue
			}
			f := text(at(row[3], "Ref"))
			if text(row[2]) != telemetry.Dimension || !slices.Contains(c.emitted[f], text(row[1])) {
				c.fault("%s: %s is not emitted by %s under %s", title, text(row[1]), f, telemetry.Dimension)
			}
			shown[f] = append(shown[f], text(row[1]))
		}
	}
	for f, metrics := range c.emitted {
		for _, metric := range metrics {
			if !slices.Contains(shown[f], metric) {
				c.fault("%s: %s of %s is not shown", file, metric, f)
			}
		}
	}
}
