package reports

import (
	"image/color"
	"strconv"
)

// The colours of outcomes are those that readers of Jepsen's plots know.
var (
	colourOK   = rgb(0x81BFFC)
	colourInfo = rgb(0xFFA400)
	colourFail = rgb(0xFF1E90)
	darkBlue   = rgb(0x1B4F8A)
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

// classColours tell classes of operations apart, in the order of their names.
var classColours = [mostClasses]color.NRGBA{
	rgb(0x1B6FC2), rgb(0x2E8B57), rgb(0x8E44AD), rgb(0xB8860B),
	rgb(0x008B8B), rgb(0xA0522D), rgb(0x6B7A1E), rgb(0x555B66),
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
