package ci

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"ordeal/reports"
)

// The part of SARIF 2.1.0 that is written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool          `json:"tool"`
		Invocations []sarifInvocation  `json:"invocations"`
		Results     []sarifResult      `json:"results"`
		Columns     string             `json:"columnKind"`
		Automation  sarifAutomationRun `json:"automationDetails"`
	}
	sarifAutomationRun struct {
		ID string `json:"id"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Full  sarifText `json:"fullDescription"`
		Help  sarifHelp `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		CommandLine string `json:"commandLine"`
		Successful  bool   `json:"executionSuccessful"`
	}
	sarifResult struct {
		Rule         string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Kind         string            `json:"kind"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Baseline     string            `json:"baselineState,omitempty"`
		Suppressions []sarifSuppressed `json:"suppressions,omitempty"`
		Properties   sarifProperties   `json:"properties"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
	}
	sarifSuppressed struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifProperties struct {
		Line   string `json:"trial"`
		Replay string `json:"again"`
		Seed   string `json:"seed"`
	}
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	// resultsMax is how many results GitHub takes of one file without a word: of more it shows those at the top.
	resultsMax = 5000
)

// SARIF is the findings of a campaign for code scanning. A result's rule is what was violated and how, so the same bug
// in two campaigns is one alert; its place is the file in which the finding is kept, since a trial has no line of code.
func SARIF(c Campaign) []byte {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: oneLine(c.Tool), Version: oneLine(c.Commit), Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{CommandLine: oneLine(c.Command), Successful: true}},
		Results:     []sarifResult{}, Columns: "unicodeCodePoints", Automation: sarifAutomationRun{oneLine(c.Tool) + "/"},
	}
	place := make(map[string]int)
	for _, f := range c.Findings {
		if len(run.Results) == resultsMax {
			break
		}
		i, known := place[f.ID]
		if !known {
			i = len(run.Tool.Driver.Rules)
			place[f.ID] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, f.rule())
		}
		run.Results = append(run.Results, f.sarif(i))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}); err != nil {
		panic("ci: SARIF is plain data: " + err.Error())
	}
	return out.Bytes()
}

func (f Finding) rule() sarifRule {
	return sarifRule{
		ID: name(f.ID), Short: sarifText{short(oneLine(f.Rule), 200)}, Full: sarifText{short(oneLine(f.Rule), 1000)},
		Help: sarifHelp{
			Text:     "Play the trial again: " + oneLine(f.Replay),
			Markdown: "Play the trial again:\n\n" + fence(f.Replay),
		},
	}
}

func (f Finding) sarif(rule int) sarifResult {
	r := sarifResult{
		Rule: name(f.ID), RuleIndex: rule, Kind: "fail", Level: "error",
		Message:      sarifText{short(oneLine(f.Reason), 1000) + "\n\nAgain: " + oneLine(f.Replay)},
		Locations:    []sarifLocation{{sarifPhysical{sarifArtifact{uri(f.File)}, sarifRegion{1}}}},
		Fingerprints: map[string]string{"ordealFinding/v1": name(f.ID)},
		Properties:   sarifProperties{oneLine(f.Line), oneLine(f.Replay), f.Seed},
	}
	if f.Outcome == reports.Unknown {
		r.Kind, r.Level = "open", "none" // a level other than none is for what failed
	}
	switch f.State {
	case "new", "regressed":
		r.Baseline = "new"
	case "ongoing":
		r.Baseline = "unchanged"
	}
	if f.Known {
		r.Suppressions = []sarifSuppressed{{"external", "it was known before"}}
	}
	return r
}

// uri is a relative path as a reference: a colon before the first slash would make a scheme of it.
func uri(file string) string {
	file = path.Clean(strings.ReplaceAll(file, "\\", "/"))
	var b strings.Builder
	for _, c := range []byte(file) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
