package ci

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"
)

// Suite is a test report: a campaign, or other things that were judged.
type Suite struct {
	// Name tells suites apart: programs that join reports take two of one name for one.
	Name  string
	Cases []Case
}

// Case is one test of a Suite: a trial, a campaign, or whatever was judged.
type Case struct {
	// Class groups cases, with dots as in ordeal.lock; Name is the case's own. Both have to be there.
	Class, Name string
	Result      Result
	Time        time.Duration
	// Type says in a word or two of what kind a failure is, Message in a line what it is, and Text all there is to say. A
	// case that passed has none of them.
	Type, Message, Text string
	// Output is shown with the case, whatever its result: the trial line, the command to paste.
	Output string
}

// Result is how a Case ended.
type Result int

// The results. Unknown is no pass: test reports have no word for it, and it is written as an error. Known is a failure
// that was there before and does not count against whoever asks: it is written as skipped.
const (
	Passed Result = iota
	Failed
	Unknown
	Known
)

// Bounds of a test report. GitLab shows none of more than 30 MB: once junitTexts are written in all, cases have no more
// than what tells them apart, and twenty-five thousand have room.
const (
	junitText    = 32 << 10 // bytes of one case's text
	junitOutput  = 8 << 10
	junitMessage = 1000
	junitName    = 200 // bytes of a name
	junitTexts   = 8 << 20
	// So much of a message, and of an output, is there of cases that come later.
	junitBriefMessage, junitBriefOutput = 200, 600
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Skipped *junitResult `xml:"skipped"`
	Error   *junitResult `xml:"error"`
	Failure *junitResult `xml:"failure"`
	Output  *junitOut    `xml:"system-out"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitOut struct {
	Text string `xml:",cdata"`
}

// JUnit is the XML that readers of JUnit's reports read. Every case is in a suite, no name is empty or has a line
// break, a time is plain seconds with a dot, and a case has at most one result and one output: readers differ in what
// they make of anything else.
func JUnit(suites ...Suite) []byte {
	all := junitSuites{Name: "ordeal"}
	var spent time.Duration
	room := junitTexts
	for _, s := range suites {
		one, time := s.junit(&room)
		all.Tests += one.Tests
		all.Failures += one.Failures
		all.Errors += one.Errors
		all.Skipped += one.Skipped
		spent += time
		all.Suites = append(all.Suites, one)
	}
	all.Time = plainSeconds(spent)
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		panic("ci: a test report is plain data: " + err.Error())
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// junit is the suite as it is written. room is how many bytes of texts may still be.
func (s Suite) junit(room *int) (junitSuite, time.Duration) {
	one := junitSuite{Name: name(s.Name), Tests: len(s.Cases)}
	var spent time.Duration
	for _, c := range s.Cases {
		spent += c.Time
		j := junitCase{Class: name(c.Class), Name: name(c.Name), Time: plainSeconds(c.Time)}
		text, messageMax, outputMax := short(c.Text, junitText), junitMessage, junitOutput
		if *room -= len(text) + min(len(c.Message), messageMax) + min(len(c.Output), outputMax); *room < 0 {
			text, messageMax, outputMax = "", junitBriefMessage, junitBriefOutput
		}
		said := &junitResult{Message: short(oneLine(c.Message), messageMax), Type: oneLine(c.Type), Text: clean(text)}
		switch c.Result {
		case Failed:
			one.Failures++
			j.Failure = said
		case Unknown:
			one.Errors++
			j.Error = said
		case Known:
			one.Skipped++
			said.Type = ""
			j.Skipped = said
		}
		if c.Output != "" {
			j.Output = &junitOut{clean(short(c.Output, outputMax))}
		}
		one.Cases = append(one.Cases, j)
	}
	one.Time = plainSeconds(spent)
	return one, spent
}

// name is fit for an attribute that must not be empty.
func name(s string) string {
	if s = oneLine(s); s == "" {
		return "unnamed"
	}
	return oneLine(short(s, junitName))
}

func plainSeconds(d time.Duration) string {
	ms := max(d, 0).Milliseconds()
	return strconv.FormatInt(ms/1000, 10) + fmt.Sprintf(".%03d", ms%1000)
}
