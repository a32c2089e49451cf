package sim

import "slices"

// What a program sends it gives away, as host.Host and host.Conn have it: so the bytes go over as they are, and
// machines share no memory though nothing is copied. Poison finds out whether programs keep to that.

// Poison has the world hand over copies of what programs send, and overwrite what was sent: a program that looks at it
// afterwards, or sends it again, does something else than without. A trace hash that stays says that none does.
func (w *World) Poison() { w.poison = true }

// given takes over what a program sends.
func (w *World) given(payload []byte) []byte {
	if !w.poison {
		return payload
	}
	copied := slices.Clone(payload)
	for i := range payload {
		payload[i] = 0xff
	}
	return copied
}
