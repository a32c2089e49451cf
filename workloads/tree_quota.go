package workloads

import (
	"fmt"

	"ordeal/cluster/wire"
)

// What one part of the tree may hold is limited at times: by znodes that clients make, one below the other, and change
// and delete again.
const (
	quotaPath   = "/zookeeper/quota" + treeRoot + "/a"
	quotaLimits = quotaPath + "/zookeeper_limits"
	quotaStats  = quotaPath + "/zookeeper_stats"
)

// drawQuota draws something about the limits. A client with a path of its own can't name them: it does something else.
func (w *worker) drawQuota() wire.Request {
	if w.e.cfg.Chroot != "" {
		return w.drawSetData()
	}
	path := []string{quotaLimits, quotaStats}[w.p.Rand().IntN(2)]
	switch n := w.p.Rand().IntN(100); {
	case n < 15:
		return wire.MultiRequest{Ops: []wire.Request{
			w.makeLimits("/zookeeper/quota" + treeRoot), w.makeLimits(quotaPath),
		}}
	case n < 40:
		return wire.MultiRequest{Ops: []wire.Request{w.makeLimits(quotaLimits), w.makeLimits(quotaStats)}}
	case n < 46:
		return w.makeLimits(path)
	case n < 56:
		return wire.SetDataRequest{Path: quotaLimits, Data: w.drawLimits(), Version: wire.AnyVersion}
	case n < 66:
		return wire.DeleteRequest{Path: path, Version: wire.AnyVersion}
	}
	return wire.GetDataRequest{Path: path, Watch: w.p.Chance(20)}
}

func (w *worker) makeLimits(path string) wire.Request {
	return wire.CreateRequest{
		Path: path, Data: w.drawLimits(), ACL: []wire.ACL{{Perms: wire.PermAll, ID: anybody}}, Stat: w.p.Chance(50),
	}
}

// drawLimits draws limits that are soft, hard or both. No two are the same.
func (w *worker) drawLimits() []byte {
	count, bytes := w.p.Rand().IntN(8), 20*w.p.Rand().IntN(8)
	text := fmt.Sprintf("count=%d,bytes=%d", count, bytes)
	switch n := w.p.Rand().IntN(100); {
	case n < 25:
		text += fmt.Sprintf("=;countHardLimit=%d", count)
	case n < 50:
		text += fmt.Sprintf("=;byteHardLimit=%d;countHardLimit=-1", bytes)
	case n < 60:
		text = fmt.Sprintf("countHardLimit=%d;byteHardLimit=%d", count, bytes)
	}
	return fmt.Appendf(nil, "%s;n=%d", text, w.p.NewValue())
}
