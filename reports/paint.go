package reports

import (
	"image/color"
	"strconv"

	"ordeal/reports/chart"
)

func (o outcome) colour() color.NRGBA {
	switch o {
	case ok:
		return chart.ColourOK
	case fail:
		return chart.ColourFail
	}
	return chart.ColourInfo
}

// nodeColours tell the nodes of the leader ribbon apart: light enough for black text.
var nodeColours = [...]color.NRGBA{
	chart.RGB(0x9AD0F5), chart.RGB(0xF7C873), chart.RGB(0x8FD6B5),
	chart.RGB(0xF0A3B8), chart.RGB(0xC9B6F2), chart.RGB(0xDADA7A), chart.RGB(0xD9B99B),
}

// colour is the fault's own, or grey.
func (f Fault) colour() color.NRGBA {
	if len(f.Color) == 7 && f.Color[0] == '#' {
		if v, err := strconv.ParseUint(f.Color[1:], 16, 32); err == nil {
			return chart.RGB(uint32(v))
		}
	}
	return chart.RGB(0xCCCCCC)
}
