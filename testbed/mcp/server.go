// Package mcp lets programs that speak the Model Context Protocol put a service on trial: run campaigns, replay,
// shrink and explain trials, ask for events, and list what campaigns remember. Numbers that do not fit into a double
// are strings.
package mcp

import (
	"context"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Server serves the trials of one service.
type Server struct {
	Service *trial.Service
	// Version is that of the program.
	Version string
	// NewWorker starts a worker, and Jobs is how many trials run at once.
	NewWorker func() (campaign.Worker, error)
	Jobs      int
}

// Stdio serves one client on standard input and output, until it goes.
func (s Server) Stdio(ctx context.Context) error { return s.server().Run(ctx, &sdk.StdioTransport{}) }

// server has a tool for each command that reads or plays.
func (s Server) server() *sdk.Server {
	server := sdk.NewServer(&sdk.Implementation{Name: s.Service.Name, Version: s.Version}, &sdk.ServerOptions{
		Instructions: "Puts " + s.Service.What + " on trial. A trial is named by one line and plays the same each time; " +
			"run looks for trials that fail, shrink makes one small, explain says what happened in it.",
	})
	reads := &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true}
	sdk.AddTool(server, &sdk.Tool{Name: "run", Annotations: reads,
		Description: "Plays a campaign: one trial a seed. It ends early when it has found enough."}, s.run)
	sdk.AddTool(server, &sdk.Tool{Name: "replay", Annotations: reads,
		Description: "Plays one trial twice, and says how it comes out and whether both runs were the same."}, s.replay)
	sdk.AddTool(server, &sdk.Tool{Name: "shrink", Annotations: reads,
		Description: "Cuts a failing trial down to what it takes to fail in the same way."}, s.shrink)
	sdk.AddTool(server, &sdk.Tool{Name: "explain", Annotations: reads,
		Description: "Tells the story of a failing trial, and which of its faults it needs."}, s.explain)
	sdk.AddTool(server, &sdk.Tool{Name: "events", Annotations: reads,
		Description: "Finds events in the histories that a campaign has kept, by a condition in the language Expr on " +
			"trial, index, time (ns), seconds, process, type, f, key, value and error."}, s.events)
	sdk.AddTool(server, &sdk.Tool{Name: "findings", Annotations: reads,
		Description: "Lists what campaigns remember in a findings folder."}, s.findings)
	return server
}
