package coordination

import (
	"ordeal/host"
	"ordeal/testbed/coordination/setup"
)

// Disks that do not do what they promise show whether trials of the service would notice a service that does not ask
// its disks for enough.

// lying is the program of a server whose disk has the trial's lie, if it has one.
func (i *instance) lying(boot host.Boot) host.Boot {
	if i.setup.Is(setup.Disk, setup.DiskTrue) {
		return boot
	}
	return func(h host.Host) (host.Program, error) { return boot(liarHost{h, i.setup}) }
}

// liarHost is a host whose disk has a lie.
type liarHost struct {
	host.Host
	setup setup.Settings
}

func (l liarHost) Disk() host.Disk { return liarDisk{l.Host.Disk(), l.setup} }

type liarDisk struct {
	host.Disk
	setup setup.Settings
}

// Submit leaves out what the disk does not do. A rename that is not atomic removes first what had the name.
func (d liarDisk) Submit(job host.Job, done func(error)) {
	var does host.Job
	for _, s := range job {
		switch {
		case d.setup.Is(setup.Disk, setup.DiskNoSync) && (s.Kind == host.StepSync || s.Kind == host.StepSyncDir):
		case d.setup.Is(setup.Disk, setup.DiskNoDirSync) && s.Kind == host.StepSyncDir:
		case d.setup.Is(setup.Disk, setup.DiskTornRename) && s.Kind == host.StepRename:
			does = append(does, host.Remove(s.To), s)
		default:
			does = append(does, s)
		}
	}
	d.Disk.Submit(does, done)
}
