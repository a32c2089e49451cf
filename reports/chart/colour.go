package chart

import "image/color"

// The colours of outcomes are those that readers of Jepsen's plots know.
var (
	ColourOK   = RGB(0x81BFFC)
	ColourInfo = RGB(0xFFA400)
	ColourFail = RGB(0xFF1E90)
	DarkBlue   = RGB(0x1B4F8A)
	black      = RGB(0x000000)
	White      = RGB(0xFFFFFF)
	Grey       = RGB(0x777777)
	Faint      = RGB(0xE4E4E4)
)

// MostClasses is how many classes of operations a plot tells apart: more can't be read. Tables keep every name.
const MostClasses = 8

// ClassColours tell classes of operations apart, in the order of their names.
var ClassColours = [MostClasses]color.NRGBA{
	RGB(0x1B6FC2), RGB(0x2E8B57), RGB(0x8E44AD), RGB(0xB8860B),
	RGB(0x008B8B), RGB(0xA0522D), RGB(0x6B7A1E), RGB(0x555B66),
}

// RGB is an opaque colour, written as 0xRRGGBB.
func RGB(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// Fade gives a colour an opacity in percent.
func Fade(c color.NRGBA, percent int) color.NRGBA {
	c.A = uint8(255 * percent / 100)
	return c
}
