package shrink

import (
	"fmt"
	"strings"
)

// LineMax is how long a trial's line may be, in bytes, to be printed as a whole and pasted. One of a search that its
// budget ended may have kilobytes.
const LineMax = 1000

// Shown is a line as far as it is printed.
func Shown(line string) string {
	if len(line) <= LineMax {
		return line
	}
	const least = LineMax / 5
	at := least + strings.IndexByte(line[least:]+" ", ' ')
	return fmt.Sprintf("%s … (%d bytes in all)", line[:min(at, LineMax)], len(line))
}
