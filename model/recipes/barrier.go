package recipes

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// A barrier is open at the start.
//
//	F      argument  ok result  legal when  then
//	shut   nil       anything   always      shut
//	open   nil       anything   always      open
//	pass   nil       "open"     it is open  -
//	pass   nil       "shut"     it is shut  -
//
// An unknown shut or open takes effect.

// BarrierInput is a request: "shut", "open" or "pass". The output is what a pass found: "open", "shut", or "" for
// unknown.
type BarrierInput string

// Barrier is the specification of a barrier; the state is whether it is shut.
func Barrier() model.Spec[bool, BarrierInput, string] {
	return model.Spec[bool, BarrierInput, string]{
		Name: "barrier",
		Step: func(shut bool, in BarrierInput, out string) (bool, bool) {
			if in == "pass" {
				return shut, out == "" || (out == "shut") == shut
			}
			return in == "shut", true
		},
		Parse: func(op history.Operation) (in BarrierInput, out string, err error) {
			switch in = BarrierInput(op.F); in {
			case "shut", "open":
			case "pass":
				if op.End == history.OK {
					out, _ = op.Result.(string)
					if out != "open" && out != "shut" {
						err = fmt.Errorf(`%s where "open" or "shut" belongs`, model.TextOf(op.Result))
					}
				}
			default:
				err = fmt.Errorf("%q is no operation of the model barrier, which has open, pass and shut", op.F)
			}
			return in, out, err
		},
		Relax: func(c model.Call[BarrierInput, string]) (model.Call[BarrierInput, string], bool) {
			c.Out, c.Op = "", unknown(c.Op)
			return c, c.In != "pass"
		},
	}
}
