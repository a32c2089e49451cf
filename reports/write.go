package reports

import (
	"bytes"
	"fmt"
	"strings"

	"ordeal/history"

	"ordeal/reports/chart"
)

// Folder takes the files of a report, one call each. Names are plain: no separators.
type Folder func(name string, data []byte) error

// File is one more file of a report, made elsewhere.
type File struct {
	// Name is plain: no separators. About says in a few words what the file is.
	Name, About string
	Data        []byte
}

// WriteTrial writes everything there is of a trial: the history in both forms, the plan, verdict.json, the trace, the
// plots, a page over it all, and the extra files (Porcupine's page goes as "linearizability.html"). It stops at the
// first error, and says which file it was.
func WriteTrial(folder Folder, t Trial, extra ...File) error {
	var files []File
	for _, build := range []func(Trial) (File, error){
		verdictFile, historyLines, historyEDN, planFile, traceFile,
		plotFile("latency-raw", "latency of every operation", latencyRaw),
		plotFile("latency-quantiles", "quantiles of the latency over time", latencyQuantiles),
		plotFile("rate", "operations a second over time", ratePlot),
		plotFile("latency-histogram", "how many operations took how long", latencyHistogram),
		plotFile("latency-percentiles", "latency by percentile", latencyPercentiles),
		plotFile("availability", "when clients were served, by class and server", availabilityPlot),
	} {
		f, err := build(t)
		if err != nil {
			return fmt.Errorf("report of %q, %s: %w", t.Line, f.Name, err)
		}
		files = append(files, f)
	}
	files = append(files, extra...)
	page, err := trialPage(t, files)
	if err != nil {
		return fmt.Errorf("report of %q, index.html: %w", t.Line, err)
	}
	return write(folder, append(files, File{Name: "index.html", Data: page}))
}

func write(folder Folder, files []File) error {
	written := map[string]bool{}
	for _, f := range files {
		if f.Name == "" || f.Name == "." || f.Name == ".." || strings.ContainsAny(f.Name, `/\`) {
			return fmt.Errorf("%q is no name for a file of a report", f.Name)
		}
		if written[f.Name] {
			return fmt.Errorf("the report has two files %s", f.Name)
		}
		written[f.Name] = true
		if err := folder(f.Name, f.Data); err != nil {
			return fmt.Errorf("report file %s: %w", f.Name, err)
		}
	}
	return nil
}

func verdictFile(t Trial) (File, error) {
	data, err := encodeJSON(t.Result(), "  ")
	return File{"verdict.json", "the verdict and the numbers, for programs", data}, err
}

func historyLines(t Trial) (File, error) {
	var out bytes.Buffer
	err := history.WriteJSONL(&out, history.Head{Model: t.Model, Trial: t.Line}, t.Ops)
	return File{"history.jsonl", "every event, as JSON lines", out.Bytes()}, err
}

func historyEDN(t Trial) (File, error) {
	var out bytes.Buffer
	err := history.WriteEDN(&out, t.Ops)
	return File{"history.edn", "every event, as Jepsen stores them", out.Bytes()}, err
}

func planFile(t Trial) (File, error) {
	plan := t.Plan
	if plan != "" && !strings.HasSuffix(plan, "\n") {
		plan += "\n"
	}
	return File{"plan.txt", "the plan of the faults", []byte(plan)}, nil
}

func traceFile(t Trial) (File, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "trial   %s\nhash    %s\nevents  %d\n", inline(t.Line), inline(t.Trace.Hash), t.Trace.Events)
	for _, c := range t.Trace.Counts {
		fmt.Fprintf(&out, "%12d  %s\n", c.Value, inline(strings.TrimSpace(c.Name+" "+c.Unit)))
	}
	return File{"trace.txt", "the trace's hash and what was counted", out.Bytes()}, nil
}

func plotFile(name, about string, plot func(Trial, chart.Format) ([]byte, error)) func(Trial) (File, error) {
	return func(t Trial) (File, error) {
		data, err := plot(t, chart.FormatSVG)
		return File{name + ".svg", about, data}, err
	}
}
