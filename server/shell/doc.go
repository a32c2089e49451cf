// Package shell is a small shell for a coordination service: ZooKeeper's commands in ZooKeeper's words, over the client
// library. It carries out one command, or lines from a reader, and prints every event that a watch has to tell.
package shell
