package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// Quotas are kept as ZooKeeper keeps them. That /a/b is limited is said by a znode's data, what it uses now by
// another's, which the service writes without a trace in its Stat but for the length:
//
//	/zookeeper/quota/a/b/zookeeper_limits   count=10,bytes=-1=;byteHardLimit=1000;countHardLimit=20
//	/zookeeper/quota/a/b/zookeeper_stats    count=3,bytes=57
//
// -1 is no limit. The soft limits are for operators to watch; the hard ones refuse a write, if EnforceQuota is set.
const (
	quotaPath  = "/zookeeper/quota"
	limitsName = "/zookeeper_limits"
	statsName  = "/zookeeper_stats"
)

// quotaOf returns the path that a limits or stats znode (by its name) is about, or "".
func quotaOf(path, name string) string {
	if !strings.HasPrefix(path, quotaPath+"/") || !strings.HasSuffix(path, name) {
		return ""
	}
	return path[len(quotaPath) : len(path)-len(name)]
}

// quotaAbove returns the deepest path with a quota that path is at or below, or "".
func (t *Tree) quotaAbove(path string) string {
	if len(t.quotas) == 0 {
		return ""
	}
	failpoint.Inject("bugQuotaByPrefix", func(_ failpoint.Value) { failpoint.Return(t.bendQuotaOf(path)) })
	for ; path != rootPath; path = parentOf(path) {
		if t.quotas[path] {
			return path
		}
	}
	return ""
}

// account adds to the stats of the quota that path is under.
func (u *update) account(path string, bytes, count int64) {
	limited := u.t.quotaAbove(path)
	if limited == "" {
		return
	}
	if n := u.t.nodes[quotaPath+limited+statsName]; n != nil {
		s := parseTrack(n.data)
		s.set("count", s.get("count")+count)
		s.set("bytes", s.get("bytes")+bytes)
		u.overwrite(n, s.format())
	}
}

// countUsed writes what a path uses into a stats znode that was just made.
func (u *update) countUsed(n *node) {
	limited := quotaOf(n.path, statsName)
	if limited == "" {
		return
	}
	var s track
	count, bytes := u.t.nodes[limited].used()
	s.set("count", count)
	s.set("bytes", bytes)
	u.overwrite(n, s.format())
}

// used counts a znode, which may be nil, and all below it, and their bytes of data.
func (n *node) used() (count, bytes int64) {
	if n == nil {
		return 0, 0
	}
	count, bytes = 1, int64(len(n.data))
	if n.children != nil {
		n.children.Ascend(func(child *node) bool {
			c, b := child.used()
			count, bytes = count+c, bytes+b
			return true
		})
	}
	return count, bytes
}

// checkQuota says whether a write may add so much. As in ZooKeeper, only what grows or shrinks is looked at, and one
// that shrinks is refused too while the use is above the limit.
func (u *update) checkQuota(path string, bytes, count int64) wire.Code {
	if u.txn.Settings&EnforceQuota == 0 {
		return wire.OK
	}
	limited := u.t.quotaAbove(path)
	if limited == "" {
		return wire.OK
	}
	limits, stats := u.t.nodes[quotaPath+limited+limitsName], u.t.nodes[quotaPath+limited+statsName]
	if stats == nil {
		return wire.OK
	}
	l, s := parseTrack(limits.data), parseTrack(stats.data)
	if exceeds(l.get("countHardLimit"), s.get("count"), count) || exceeds(l.get("byteHardLimit"), s.get("bytes"), bytes) {
		return wire.QuotaExceeded
	}
	return wire.OK
}

func exceeds(limit, used, more int64) bool { return more != 0 && limit > -1 && used+more > limit }

// track is the data of a limits or stats znode: numbers with names, sorted by name.
type track []tracked

type tracked struct {
	name  string
	value int64
}

// parseTrack takes anything. What is no number with a name is left out.
func parseTrack(data []byte) track {
	var t track
	for pair := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return r == ',' || r == ';' }) {
		name, rest, _ := strings.Cut(pair, "=")
		text, _, _ := strings.Cut(rest, "=")
		if value, err := strconv.ParseInt(text, 10, 64); err == nil {
			t.set(name, value)
		}
	}
	return t
}

func (t track) find(name string) (int, bool) {
	return slices.BinarySearchFunc(t, name, func(one tracked, name string) int { return cmp.Compare(one.name, name) })
}

// get is -1 for what is not there.
func (t track) get(name string) int64 {
	if i, ok := t.find(name); ok {
		return t[i].value
	}
	return -1
}

func (t *track) set(name string, value int64) {
	i, ok := t.find(name)
	if !ok {
		*t = slices.Insert(*t, i, tracked{name: name})
	}
	(*t)[i].value = value
}

// format writes count and bytes first, whether they are there or not. The lone equals sign behind them makes readers of
// old stop there.
func (t track) format() []byte {
	text := fmt.Appendf(nil, "count=%d,bytes=%d", t.get("count"), t.get("bytes"))
	sign := "="
	for _, one := range t {
		if one.name != "count" && one.name != "bytes" {
			text = fmt.Appendf(text, "%s;%s=%d", sign, one.name, one.value)
			sign = ""
		}
	}
	return text
}
