package ci

import (
	"fmt"
	"strings"

	"ordeal/reports"
)

// Bounds of GitHub's: it keeps ten annotations of a kind for one step, and shows a title of 255 characters.
const (
	annotationsMax  = 10
	annotationTitle = 200
	annotationText  = 4 << 10
	// StepSummaryMax is how many bytes a step may write to the file that GITHUB_STEP_SUMMARY names: of more, GitHub shows
	// nothing.
	StepSummaryMax = 1 << 20
)

// Annotations are the findings of a campaign as commands to GitHub's runner, one a line: an error for each that counts,
// a warning for each trial that is unknown or was known before. The tenth of a kind stands for all that are left.
func Annotations(c Campaign) string {
	var errors, warnings []string
	for _, f := range c.Findings {
		if f.Outcome == reports.Unknown || f.Known {
			warnings = append(warnings, f.annotation("warning"))
		} else {
			errors = append(errors, f.annotation("error"))
		}
	}
	for _, r := range c.Reasons {
		errors = append(errors, annotation("error", c.Tool+": "+string(c.Outcome), r))
	}
	return bounded("error", errors) + bounded("warning", warnings)
}

func (f Finding) annotation(level string) string {
	title := f.Name + ": " + f.Rule
	if f.Known {
		title = "known: " + title
	}
	return annotation(level, title, short(oneLine(f.Reason), annotationText)+"\nseed "+f.Seed+", again: "+f.Replay)
}

func annotation(level, title, text string) string {
	return fmt.Sprintf("::%s title=%s::%s\n", level, property(short(oneLine(title), annotationTitle)), data(clean(text)))
}

func bounded(level string, all []string) string {
	if len(all) > annotationsMax {
		left := len(all) - annotationsMax + 1
		all = append(all[:annotationsMax-1:annotationsMax-1], annotation(level, "and more",
			fmt.Sprintf("%d more are in the summary of this step", left)))
	}
	return strings.Join(all, "")
}

// data is a command's text, and property one of its properties: the runner's own escapes.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
