module readindex

go 1.26.0

// The module with the version of raft that has the fix; see go.mod.
replace go.etcd.io/raft/v3 => go.etcd.io/raft/v3 v3.7.0

replace ordeal => ../..

require (
	go.etcd.io/raft/v3 v3.7.0
	google.golang.org/protobuf v1.36.11
	ordeal v0.0.0
)

require github.com/anishathalye/porcupine v1.3.0 // indirect
