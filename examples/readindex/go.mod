module readindex

go 1.26.0

// The version of raft that is on trial here; raft37.mod is the same module with the version that has the fix.
replace go.etcd.io/raft/v3 => go.etcd.io/raft/v3 v3.6.0

replace ordeal => ../..

require (
	go.etcd.io/raft/v3 v3.7.0
	google.golang.org/protobuf v1.36.11
	ordeal v0.0.0
)

require (
	github.com/anishathalye/porcupine v1.3.0 // indirect
	github.com/gogo/protobuf v1.3.2 // indirect
	github.com/golang/protobuf v1.5.4 // indirect
)
