package mcp

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"ordeal/testbed/events"
	"ordeal/testbed/findings"
)

type eventsInput struct {
	Dir   string `json:"dir" jsonschema:"the folder of a trial, or of a campaign"`
	Where string `json:"where,omitempty" jsonschema:"a condition, as: type == \"info\" and seconds > 3"`
	Limit int    `json:"limit,omitempty" jsonschema:"how many events at most, 100 unless it is given, at most 1000"`
}

type eventsOutput struct {
	Events []events.Event `json:"events"`
	More   bool           `json:"more" jsonschema:"whether there are more than the limit"`
}

const (
	defaultEvents = 100
	eventsMax     = 1000
)

func (s Server) events(_ context.Context, _ *sdk.CallToolRequest, in eventsInput) (*sdk.CallToolResult, eventsOutput,
	error) {
	limit := cmp.Or(in.Limit, defaultEvents)
	if limit < 1 || limit > eventsMax {
		return nil, eventsOutput{}, fmt.Errorf("limit: %d must be from 1 to %d", in.Limit, eventsMax)
	}
	out := eventsOutput{Events: []events.Event{}}
	err := events.Query{Where: in.Where, Limit: limit + 1}.Run(in.Dir, func(e events.Event) error {
		if out.More = len(out.Events) == limit; !out.More {
			e.Value = exact(e.Value)
			out.Events = append(out.Events, e)
		}
		return nil
	})
	return nil, out, err
}

// exact is a value in which numbers that a double can't hold are strings.
func exact(value any) any {
	const doubleMax = 1 << 53
	switch v := value.(type) {
	case int64:
		if v > doubleMax || v < -doubleMax {
			return strconv.FormatInt(v, 10)
		}
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = exact(one)
		}
		return all
	}
	return value
}

type findingsInput struct {
	Dir string `json:"dir" jsonschema:"a findings folder"`
}

type findingsOutput struct {
	Findings []findings.Finding `json:"findings"`
}

func (s Server) findings(_ context.Context, _ *sdk.CallToolRequest, in findingsInput) (*sdk.CallToolResult,
	findingsOutput, error) {
	if _, err := os.Stat(in.Dir); err != nil {
		return nil, findingsOutput{}, err
	}
	folder, err := findings.Open(in.Dir, s.Service)
	if err != nil {
		return nil, findingsOutput{}, err
	}
	return nil, findingsOutput{append([]findings.Finding{}, folder.All()...)}, nil
}
