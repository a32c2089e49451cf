package remote

import "testing"

func TestAboutServer(t *testing.T) {
	text := "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\n" +
		"Latency min/avg/max: 0/0.0/0\nMode: standalone\n"
	if version, mode := aboutServer(text); version != "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f" ||
		mode != ", standalone" {
		t.Errorf("%q %q", version, mode)
	}
	const starting = "This ZooKeeper instance is not currently serving requests\n"
	if version, mode := aboutServer(starting); version != "of an unknown version" || mode != "" {
		t.Errorf("%q %q", version, mode)
	}
}
