package bounds

import (
	"fmt"
	"slices"

	"ordeal/cluster"
	"ordeal/host"
)

// calmMin is for how many TickTimes all has to have been well before it is demanded that a leader hands over.
const calmMin = 4

// Changes is to be called when a server that leads has begun a change of the voters. It holds: a leader that is taken
// out lets one lead that stays, or the others would have to find out by silence that none leads them.
func (b *Bounds) Changes(leader host.Addr, of func() (voters, outgoing []uint64)) {
	now, calm := b.service.Now(), calmMin*b.service.Tick
	voters, outgoing := of()
	named := func(name host.Addr) func(uint64) bool {
		return func(id uint64) bool { return cluster.ServerName(id) == name }
	}
	stays := func(name host.Addr) bool {
		return slices.ContainsFunc(voters, named(name)) && slices.ContainsFunc(outgoing, named(name))
	}
	if stays(leader) || leader != b.leader || now-max(b.led, b.stirred, b.handed) < calm {
		return
	}
	heirs := 0
	for i := range b.servers {
		switch s := &b.servers[i]; {
		case s.name == leader:
		case s.standing == nil || s.able < 0 || now-s.able < calm:
			return
		case stays(s.name):
			heirs++
		}
	}
	if heirs > 0 {
		b.breaches.Add("a leader that is taken out hands over", fmt.Sprintf(
			"%s leads term %d, and takes itself out of the voters %v, of which only %v stay; %d of these are able, and no "+
				"fault came since %v", leader, b.term, outgoing, voters, heirs, b.stirred))
	}
}
