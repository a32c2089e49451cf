package tree

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

var pair = regexp.MustCompile(`([A-Za-z]+)=(-?[0-9]+)`)

func numbers(data []byte) map[string]int {
	m := map[string]int{}
	for _, found := range pair.FindAllSubmatch(data, -1) {
		n := 0
		fmt.Sscan(string(found[2]), &n)
		m[string(found[1])] = n
	}
	for _, name := range []string{"count", "bytes"} {
		if _, ok := m[name]; !ok {
			m[name] = -1
		}
	}
	return m
}

func text(m map[string]int) []byte {
	out := fmt.Sprintf("count=%d,bytes=%d", m["count"], m["bytes"])
	var more []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name != "count" && name != "bytes" {
			more = append(more, fmt.Sprintf(";%s=%d", name, m[name]))
		}
	}
	if more != nil {
		out += "=" + strings.Join(more, "")
	}
	return []byte(out)
}

// quota returns the paths of the limits and the stats that are about a path.
func (tw *twin) quota(path string) (limits, stats string) {
	for p := path; p != "/"; p = up(p) {
		if _, ok := tw.nodes["/zookeeper/quota"+p+"/zookeeper_limits"]; ok {
			return "/zookeeper/quota" + p + "/zookeeper_limits", "/zookeeper/quota" + p + "/zookeeper_stats"
		}
	}
	return "", ""
}

func (tw *twin) book(path string, bytes, count int) {
	_, stats := tw.quota(path)
	if n, ok := tw.nodes[stats]; ok {
		m := numbers(n.data)
		m["count"] += count
		m["bytes"] += bytes
		n.data = text(m)
		tw.nodes[stats] = n
	}
}

func (tw *twin) overQuota(txn Txn, path string, bytes, count int) bool {
	limits, stats := tw.quota(path)
	if _, ok := tw.nodes[stats]; !ok || txn.Settings&EnforceQuota == 0 {
		return false
	}
	l, s := numbers(tw.nodes[limits].data), numbers(tw.nodes[stats].data)
	hardCount, isCount := l["countHardLimit"]
	hardBytes, isBytes := l["byteHardLimit"]
	return isCount && count != 0 && s["count"]+count > hardCount && hardCount >= 0 ||
		isBytes && bytes != 0 && s["bytes"]+bytes > hardBytes && hardBytes >= 0
}

func (tw *twin) countUsed(stats string) {
	path, ok := strings.CutSuffix(stats, "/zookeeper_stats")
	path, under := strings.CutPrefix(path, "/zookeeper/quota/")
	if !ok || !under {
		return
	}
	m := map[string]int{"count": 0, "bytes": 0}
	for _, p := range append(tw.below("/"+path), "/"+path) {
		if n, ok := tw.nodes[p]; ok {
			m["count"]++
			m["bytes"] += len(n.data)
		}
	}
	n := tw.nodes[stats]
	n.data = text(m)
	tw.nodes[stats] = n
}

// below lists what is below a path, sorted.
func (tw *twin) below(path string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(tw.nodes)), func(p string) bool {
		return p == "/" || !strings.HasPrefix(p, strings.TrimSuffix(path, "/")+"/")
	})
}

// A quota as a client's tools make it, step by step.
func (g *gen) quotaPath() string {
	return "/zookeeper/quota" + pick(g, "/a", "/a/b", "/a/zookeeper_limits", "/a/zookeeper_limits", "/a/zookeeper_stats",
		"/a/zookeeper_stats", "/a/b/zookeeper_limits", "/a/b/zookeeper_stats", "/zookeeper_limits", "/zookeeper_stats")
}

// setQuota does what is still missing of it.
func (g *gen) setQuota() wire.Request {
	for _, path := range []string{"/zookeeper/quota/a", "/zookeeper/quota/a/zookeeper_limits",
		"/zookeeper/quota/a/zookeeper_stats"} {
		if _, ok := g.twin.nodes[path]; !ok {
			return wire.CreateRequest{Path: path, Data: g.limits(), ACL: open}
		}
	}
	return wire.SetDataRequest{Path: "/zookeeper/quota/a/zookeeper_limits", Data: g.limits(), Version: -1}
}

func (g *gen) limits() []byte {
	return []byte(pick(g, "count=3,bytes=20", "count=1,bytes=5=;byteHardLimit=30;countHardLimit=5", "countHardLimit=2",
		"junk",
		"byteHardLimit=9;", "countHardLimit=1", "byteHardLimit=3", "count=x,bytes=7"))
}
