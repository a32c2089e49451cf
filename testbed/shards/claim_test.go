package shards

import (
	"strings"
	"testing"
)

// TestAPlaceHoldsOneCampaign: shards of one campaign find it to be theirs, and those of any other do not.
func TestAPlaceHoldsOneCampaign(t *testing.T) {
	text, search := result(1, 3).Claim().JSON(), priced(1, 3).Claim().JSON()
	if err := result(2, 3).Claim().Held(text); err != nil {
		t.Error(err)
	}
	if err := priced(2, 3).Claim().Held(search); err != nil {
		t.Error(err)
	}
	few := priced(2, 3)
	few.Search.Bugs = bugs[1:]
	newer := strings.Replace(string(text), `"format": 1`, `"format": 7`, 1)
	other := result(2, 3)
	other.Campaign.Commit = "f00"
	for want, c := range map[string]struct {
		claim Claim
		text  string
	}{
		"different numbers of shards":     {result(2, 4).Claim(), string(text)},
		"different commits":               {other.Claim(), string(text)},
		"of no campaign":                  {result(2, 3).Claim(), "its notes"},
		"of no campaign that":             {result(2, 3).Claim(), `{"format": 1}`},
		"and this is a campaign":          {result(2, 3).Claim(), string(search)},
		"and this is a search":            {priced(2, 3).Claim(), string(text)},
		"another search for planted bugs": {few.Claim(), string(search)},
		"of format 7":                     {result(2, 3).Claim(), newer},
	} {
		if err := c.claim.Held([]byte(c.text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %s", err, want)
		}
	}
}
