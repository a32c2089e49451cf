package reports

import (
	"bytes"
	"embed"
	"encoding/base64"
	"html/template"
	"strings"
)

// The pages take everything from one file each: no script, no font, no style from elsewhere.
//
//go:embed page/*.html page/style.css
var pages embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"seconds":   seconds,
	"millis":    millis,
	"until":     until,
	"thousands": thousands,
	"measured":  measured,
	"value":     valueText,
	"process":   processText,
	"known":     Outcome.known,
	"sentence":  Outcome.sentence,
	"style":     style,
}).ParseFS(pages, "page/*.html"))

// style is the sheet that every page carries in itself.
func style() (template.CSS, error) {
	css, err := pages.ReadFile("page/style.css")
	return template.CSS(css), err
}

// trialView is what the page of a trial shows.
type trialView struct {
	Trial
	Outcome        Outcome
	Reason         string
	Fired, Skipped []faultView
	Tallies        []tallyView
	Totals         OperationsResult
	Available      []availabilityRow
	Plots          []plotView
	Files          []File
}

// faultView is a fault with what came after it.
type faultView struct {
	Fault
	Recovery string
	// Waited is how long clients did once it had begun.
	Waited string
}

// tallyView is a row of the table of operations.
type tallyView struct {
	F                       string
	OK, Info, Fail, Pending int64
	Times, Others           []string // p50, p90, p99, p99.9, max in milliseconds; nil for none
}

// plotView is a plot, drawn as an image: an image runs nothing, whatever is written in it.
type plotView struct {
	About string
	URL   template.URL
}

// trialPage is the page over a trial and its files.
func trialPage(t Trial, files []File) ([]byte, error) {
	ops := operations(t.Ops)
	view := trialView{Trial: t, Outcome: t.Outcome(), Reason: t.Reason(), Available: t.availabilityRows()}
	classes := t.classed()
	for _, f := range t.Faults {
		row := faultView{Fault: f}
		if after, recovered := recovery(f, ops); recovered {
			row.Recovery = seconds(after)
		}
		if waited := waitedFrom(classes, f.From); waited >= 0 {
			row.Waited = seconds(waited)
		}
		if f.Skipped == "" {
			view.Fired = append(view.Fired, row)
		} else {
			view.Skipped = append(view.Skipped, row)
		}
	}
	all := tallies(ops)
	view.Totals = countedAs(all)
	for _, one := range all {
		view.Tallies = append(view.Tallies, tallyView{
			F: one.f, OK: int64(one.counts[ok]), Info: int64(one.counts[info]), Fail: int64(one.counts[fail]),
			Pending: int64(one.counts[pending]), Times: one.ok.text(), Others: one.other.text(),
		})
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".svg") {
			view.Plots = append(view.Plots, inPage(f.About, f.Data))
		}
		view.Files = append(view.Files, f)
	}
	return render("trial.html", view)
}

// text is the spread in milliseconds; nil for none.
func (s *spread) text() []string {
	if s == nil {
		return nil
	}
	var all []string
	for _, d := range s {
		all = append(all, millis(d))
	}
	return all
}

// campaignView is what the index of a campaign shows.
type campaignView struct {
	Campaign
	Sum              Total
	Findings, Others []Kept
	Common           []Reason
	Recovered        []recoveryRow
	Plots            []plotView
}

// Index is the page over a campaign: the findings first, then the totals, the faults and the other trials kept.
func Index(c Campaign) ([]byte, error) {
	view := campaignView{c, c.sum(), c.findings(), c.others(), c.commonUnknowns(), c.recoveryRows(), nil}
	if len(view.Recovered) > 0 {
		svg, err := recoveryPlot(c)
		if err != nil {
			return nil, err
		}
		view.Plots = append(view.Plots, inPage("how long clients waited, by kind of fault", svg))
	}
	return render("campaign.html", view)
}

// inPage is a plot that is a part of the page.
func inPage(about string, svg []byte) plotView {
	return plotView{about, template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg))}
}

func render(name string, view any) ([]byte, error) {
	var out bytes.Buffer
	err := templates.ExecuteTemplate(&out, name, view)
	return out.Bytes(), err
}
