package system

import (
	"encoding/json"
	"fmt"
	"strings"

	"ordeal/guest/build"
	"ordeal/host"
	"ordeal/testbed"
)

// Programs that use the published Antithesis SDK for Go have what they assert counted. The SDK writes lines of JSON to
// the file that a variable of its environment names, and this is one that no disk has.
const (
	assertionsVariable = "ANTITHESIS_SDK_LOCAL_OUTPUT"
	assertionsFile     = "/dev/antithesis"
)

// assertionLine is what the SDK writes. Another line is an event: an object of one field, which is named after it.
type assertionLine struct {
	Assert *struct {
		Hit       bool            `json:"hit"`
		Condition bool            `json:"condition"`
		Type      string          `json:"assert_type"`
		Display   string          `json:"display_type"`
		Message   string          `json:"message"`
		Details   json.RawMessage `json:"details"`
		Location  struct {
			File     string `json:"file"`
			Function string `json:"function"`
			Line     int    `json:"begin_line"`
		} `json:"location"`
	} `json:"antithesis_assert"`
	Setup *struct{} `json:"antithesis_setup"`
}

// itemSetup is the item that a program has said that it is set up.
const itemSetup = "setup-complete"

// itemOf names the item of an assertion, or of an event: words of a list are separated by commas.
func itemOf(kind, message string) string {
	return kind + ":" + strings.Join(strings.FieldsFunc(message, func(r rune) bool { return r == ',' || r <= ' ' }), "-")
}

// items are what is to come about of what programs assert, and which of them have to.
func items(list []build.Assertion) (all []testbed.Item, wanted []string) {
	seen := map[string]bool{}
	for _, a := range list {
		var item testbed.Item
		switch {
		case a.Func == "SetupComplete":
			item.Name, item.What = itemSetup, "a program has said that it is set up"
		case a.Func == "SendEvent":
			item.Name, item.What = itemOf("event", a.Message), "a program has sent the event: "+a.Message
		case strings.HasPrefix(a.Func, "Sometimes") || a.Func == "Reachable":
			item.Name, item.What = itemOf("assert", a.Message), fmt.Sprintf("%s (%s): %s", a.Func, a.At, a.Message)
		case strings.HasPrefix(a.Func, "Always") && a.Func != "AlwaysOrUnreachable":
			item.Name, item.What = itemOf("assert", a.Message), fmt.Sprintf("%s (%s) was come to: %s", a.Func, a.At, a.Message)
		default:
			continue
		}
		if seen[item.Name] {
			continue
		}
		seen[item.Name] = true
		if all = append(all, item); a.Func != "SendEvent" {
			wanted = append(wanted, item.Name)
		}
	}
	return all, wanted
}

// asserted takes a line of the SDK.
func (in *instance) asserted(machine host.Addr, text string) {
	var line assertionLine
	if json.Unmarshal([]byte(text), &line) != nil {
		return
	}
	a := line.Assert
	switch {
	case line.Setup != nil:
		in.stage.Covered(itemSetup)
	case a == nil:
		var event map[string]json.RawMessage
		_ = json.Unmarshal([]byte(text), &event) // it is an object
		for name := range event {                //house:unordered there is one
			in.stage.Covered(itemOf("event", name))
		}
	case !a.Hit:
	case a.Condition || a.Type == "always":
		in.stage.Covered(itemOf("assert", a.Message))
	}
	if a == nil || !a.Hit || a.Condition || a.Type == "sometimes" {
		return
	}
	what := fmt.Sprintf("%s asserts %s at %s:%d in %s, and it does not hold", machine, a.Display, a.Location.File,
		a.Location.Line, a.Location.Function)
	if a.Type == "reachability" {
		what = fmt.Sprintf("%s asserts %s at %s:%d in %s, and came there", machine, a.Display, a.Location.File,
			a.Location.Line, a.Location.Function)
	}
	if len(a.Details) > 0 && string(a.Details) != "null" {
		what += fmt.Sprintf("; details: %s", a.Details)
	}
	in.stage.Breaches.Add(a.Message, what)
}
