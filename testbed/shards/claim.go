package shards

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Claim says whose a place is that shards hand their folders on to: it holds one campaign, or one search for planted
// bugs, and no other.
type Claim struct {
	Format int `json:"format"`
	// Of is how many shards there are.
	Of int `json:"of"`
	// One of these is nil.
	Campaign *Campaign `json:"campaign,omitempty"`
	Search   *Search   `json:"search,omitempty"`
}

// Claim is that of the shard's campaign.
func (r Result) Claim() Claim { return Claim{Format: resultFormat, Of: r.Of, Campaign: &r.Campaign} }

// Claim is that of the shard's search.
func (p Prices) Claim() Claim { return Claim{Format: resultFormat, Of: p.Of, Search: &p.Search} }

// JSON is the claim as a place keeps it.
func (c Claim) JSON() []byte {
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		panic("shards: a claim is plain data: " + err.Error())
	}
	return append(text, '\n')
}

// Held says why a place that says so is not this campaign's; nil if it is.
func (c Claim) Held(text []byte) error {
	var other Claim
	if err := json.Unmarshal(text, &other); err != nil {
		return fmt.Errorf("it says of no campaign that it has it: %w", err)
	}
	if other.Format != c.Format {
		return fmt.Errorf("its campaign is of format %d, and this program reads format %d", other.Format, c.Format)
	}
	switch {
	case c.Campaign != nil && other.Campaign != nil:
		if text := c.Campaign.differs(*other.Campaign, c.Of, other.Of); text != "" {
			return fmt.Errorf("it has another campaign: %s", text)
		}
	case c.Search != nil && other.Search != nil:
		if text := c.Search.differs(*other.Search, c.Of, other.Of); text != "" {
			return fmt.Errorf("it has another search for planted bugs: %s", text)
		}
	case other.Campaign != nil:
		return errors.New("it has a campaign, and this is a search for planted bugs")
	case other.Search != nil:
		return errors.New("it has a search for planted bugs, and this is a campaign")
	default:
		return errors.New("it says of no campaign that it has it")
	}
	return nil
}

// differs says in what two campaigns, and their numbers of shards, differ; "" if in nothing.
func (a Campaign) differs(b Campaign, of, other int) string {
	return difference([]contrast{
		{"they are of different builds", a.Build, b.Build},
		{"their trial lines are of different versions", fmt.Sprint(a.Line), fmt.Sprint(b.Line)},
		{"they were told different things", a.Command, b.Command},
		{"they are of different commits", a.Commit, b.Commit},
		{"there are different numbers of shards", fmt.Sprint(of), fmt.Sprint(other)},
		{"they are of different seeds", fmt.Sprintf("%d-%d", a.First, a.Last), fmt.Sprintf("%d-%d", b.First, b.Last)},
		{"their trials differ", fmt.Sprint(a.Template, a.Workloads, a.Nodes), fmt.Sprint(b.Template, b.Workloads, b.Nodes)},
		{"different things are required of them", a.Require, b.Require},
		{"they have different canaries", a.CanaryBug, b.CanaryBug},
		{"they are for different things", a.Purpose, b.Purpose},
	})
}
