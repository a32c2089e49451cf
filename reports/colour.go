package reports

import (
	"image/color"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// The colours of outcomes and quantiles are those that readers of Jepsen's plots know.
var (
	colourOK   = rgb(0x81BFFC)
	colourInfo = rgb(0xFFA400)
	colourFail = rgb(0xFF1E90)
	black      = rgb(0x000000)
	white      = rgb(0xFFFFFF)
	grey       = rgb(0x777777)
	faint      = rgb(0xE4E4E4)
)

func (o outcome) colour() color.NRGBA {
	switch o {
	case ok:
		return colourOK
	case fail:
		return colourFail
	}
	return colourInfo
}

// plotted are the quantiles of the plot in per mille, largest first, with their colours.
var plotted = [...]struct {
	q      int
	name   string
	colour color.NRGBA
	// width falls: a window of few operations has the same value for several quantiles, and none may hide another.
	width vg.Length
}{
	{1000, "1", rgb(0xE8000B), 2},
	{990, "0.99", rgb(0xFF9500), 1.4},
	{950, "0.95", rgb(0x9B26B6), 1},
	{500, "0.5", rgb(0x0033FF), 0.8},
}

// nodeColours tell the nodes of the leader ribbon apart: light enough for black text.
var nodeColours = [...]color.NRGBA{
	rgb(0x9AD0F5), rgb(0xF7C873), rgb(0x8FD6B5), rgb(0xF0A3B8), rgb(0xC9B6F2), rgb(0xDADA7A), rgb(0xD9B99B),
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// fade gives a colour an opacity in percent.
func fade(c color.NRGBA, percent int) color.NRGBA {
	c.A = uint8(255 * percent / 100)
	return c
}

// colour is the fault's own, or grey.
func (f Fault) colour() color.NRGBA {
	if len(f.Color) == 7 && f.Color[0] == '#' {
		if v, err := strconv.ParseUint(f.Color[1:], 16, 32); err == nil {
			return rgb(uint32(v))
		}
	}
	return rgb(0xCCCCCC)
}
