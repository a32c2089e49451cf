package znode

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Quotas, as ZooKeeper's administrator's guide has them: the data of one znode says how much there may be of a path and
// all below it, and that of another how much there is. The service keeps the second without a trace in its Stat but for
// the length.
const (
	quotaPath  = "/zookeeper/quota"
	limitsName = "/zookeeper_limits"
	statsName  = "/zookeeper_stats"
)

var limit = regexp.MustCompile(`([A-Za-z]+)=(-?\d+)`)

// limits reads a znode's limits or stats. What is not there has no limit: -1.
func limits(data any) map[string]int64 {
	m := map[string]int64{"count": -1, "bytes": -1, "countHardLimit": -1, "byteHardLimit": -1}
	text, _ := data.(string)
	for _, found := range limit.FindAllStringSubmatch(text, -1) {
		m[found[1]], _ = strconv.ParseInt(found[2], 10, 64)
	}
	return m
}

// used writes how much there is.
func used(m map[string]int64) string {
	text := fmt.Sprintf("count=%d,bytes=%d", m["count"], m["bytes"])
	sign := "="
	for _, name := range slices.Sorted(maps.Keys(m)) {
		hard := name == "countHardLimit" || name == "byteHardLimit"
		if name != "count" && name != "bytes" && !(hard && m[name] == -1) {
			text += fmt.Sprintf("%s;%s=%d", sign, name, m[name])
			sign = ""
		}
	}
	return text
}

// limited is the deepest path at or above another that has limits; "" for none.
func (t *Tree) limited(path string) string {
	if len(t.names[quotaPath]) == 0 {
		return ""
	}
	for ; path != "/"; path = parentPath(path) {
		if _, there := t.nodes[quotaPath+path+limitsName]; there {
			return path
		}
	}
	return ""
}

// overQuota says whether so much more is over a hard limit. It is not asked of a change that neither adds nor removes.
func (t *Tree) overQuota(path string, bytes, count int64) bool {
	of := t.limited(path)
	stats, there := t.nodes[quotaPath+of+statsName]
	if !t.Settings.Quota || of == "" || !there {
		return false
	}
	most, now := limits(t.nodes[quotaPath+of+limitsName].data), limits(stats.data)
	over := func(most, now, more int64) bool { return most >= 0 && more != 0 && now+more > most }
	return over(most["countHardLimit"], now["count"], count) || over(most["byteHardLimit"], now["bytes"], bytes)
}

// account adds to what there is.
func (t *Tree) account(path string, bytes, count int64) {
	at := quotaPath + t.limited(path) + statsName
	n, there := t.nodes[at]
	if !there || at == quotaPath+statsName {
		return
	}
	m := limits(n.data)
	m["count"] += count
	m["bytes"] += bytes
	n.data = used(m)
	t.put(at, n)
}

// countUsed writes how much there is into a znode for that which has just been made.
func (t *Tree) countUsed(at string) {
	path, is := strings.CutSuffix(at, statsName)
	path, under := strings.CutPrefix(path, quotaPath+"/")
	if !is || !under {
		return
	}
	n := t.nodes[at]
	bytes, count := t.use("/" + path)
	n.data = used(map[string]int64{"count": count, "bytes": bytes})
	t.put(at, n)
}

// use counts a znode, if there is one, and all below it, and their bytes of data.
func (t *Tree) use(path string) (bytes, count int64) {
	n, there := t.nodes[path]
	if !there {
		return 0, 0
	}
	bytes, count = length(n.data), 1
	for _, name := range t.names[path] {
		b, c := t.use(path + "/" + name)
		bytes, count = bytes+b, count+c
	}
	return bytes, count
}

func length(data any) int64 {
	text, _ := data.(string)
	return int64(len(text))
}
