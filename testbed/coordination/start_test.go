package coordination

import (
	"testing"

	"ordeal/nemesis"
)

// A server that begins with an empty disk has another log than one that found the backup of a service that had run for
// long, though neither has written anything: they were held to be the same, and their states differ.
func TestALateStartIsNoEmptyLog(t *testing.T) {
	one := short(1, "queue")
	one.Settings, one.Policy = "1000/200/65536/3000,start=late", nemesis.Merciless
	playPlan(t, one, "at 1s for 1s crash n3; at 2s for 1s wipe n2; at 4s add")
}
