package command

import (
	"fmt"

	"ordeal/testbed/campaign"
)

// goalDefault is what guided campaigns go for unless they are told otherwise.
const goalDefault = string(campaign.GoalScenarios)

const goalText = "what a guided campaign wants: scenarios that are missing or rare, or states of the protocol that " +
	"few trials reached"

func parseGoal(word string) (campaign.Goal, error) {
	switch g := campaign.Goal(word); g {
	case campaign.GoalScenarios, campaign.GoalStates:
		return g, nil
	}
	return "", fmt.Errorf("the goal %q is not known: there are %s and %s", word, campaign.GoalScenarios,
		campaign.GoalStates)
}
