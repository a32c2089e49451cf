package command

import "ordeal/testbed/campaign"

// exitOf is the exit code of a campaign. What is wrong with the tool comes first, since then nothing else holds;
// invalid comes before unknown. A campaign that judged nothing is unknown, and so is one that was cut short or did not
// cover what was required of it: it is no pass. What is known does not count.
func exitOf(r campaign.Report, known func(campaign.Finding) bool) int {
	code := exitValid
	unknown := r.Tally.Unknown > 0 || r.Tally.Trials == 0
	if unknown || r.Interrupted || len(r.Missing) > 0 {
		code = exitUnknown
	}
	for _, f := range r.Findings {
		switch {
		case f.Kind == campaign.FindingNondeterministic:
			return exitTool
		case f.Kind == campaign.FindingUnknown || known(f):
		default:
			code = exitInvalid
		}
	}
	return code
}

// noneKnown is for campaigns that remember nothing.
func noneKnown(campaign.Finding) bool { return false }
