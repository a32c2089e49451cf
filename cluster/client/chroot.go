package client

import (
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// chroot is the path that a client takes for the root. The servers know nothing of it: the client puts it in front of
// the paths that leave, and takes it off those that come. It is "" without one, and does then nothing.
type chroot string

// in is a path as the servers know it. What is no path is left as it is, for the servers to refuse.
func (c chroot) in(path string) string {
	switch {
	case c == "" || !strings.HasPrefix(path, "/"):
		return path
	case path == "/":
		return string(c)
	}
	return string(c) + path
}

// out is a path that the servers named as the client knows it. One that is not below the chroot can't have been asked
// for.
func (c chroot) out(path string) string {
	rest, below := strings.CutPrefix(path, string(c))
	switch {
	case c == "" || !below || rest != "" && rest[0] != '/':
		return path
	case rest == "":
		return "/"
	}
	return rest
}

// all maps a list of paths.
func all(paths []string, to func(string) string) []string {
	mapped := slices.Clone(paths)
	for i := range mapped {
		mapped[i] = to(mapped[i])
	}
	return mapped
}

// made is the path that a create asks for. A sequential znode right below the root has a name of its own there, and
// must not become the chroot's neighbour.
func (c chroot) made(path string, sequential bool) string {
	if c != "" && path == "/" && sequential {
		return string(c) + "/"
	}
	return c.in(path)
}

// request is a request as the servers are to get it.
func (c chroot) request(req wire.Request) wire.Request {
	if c == "" {
		return req
	}
	switch r := req.(type) {
	case wire.MultiRequest:
		return wire.MultiRequest{Ops: c.requests(r.Ops)}
	case wire.MultiReadRequest:
		return wire.MultiReadRequest{Ops: c.requests(r.Ops)}
	case wire.CreateRequest:
		r.Path = c.made(r.Path, r.Flags&wire.FlagSequential != 0)
		return r
	case wire.CreateContainerRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.CreateTTLRequest:
		r.Path = c.made(r.Path, r.Flags == wire.FlagSequentialTTL)
		return r
	case wire.DeleteRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.SetDataRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.CheckRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.SetACLRequest:
		r.Path = c.in(r.Path)
		return r
	}
	return c.watchRequest(c.readRequest(req))
}

func (c chroot) requests(ops []wire.Request) []wire.Request {
	mapped := make([]wire.Request, len(ops))
	for i, op := range ops {
		mapped[i] = c.request(op)
	}
	return mapped
}

func (c chroot) readRequest(req wire.Request) wire.Request {
	switch r := req.(type) {
	case wire.ExistsRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.GetDataRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.GetChildrenRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.GetACLRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.GetAllChildrenNumberRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.GetEphemeralsRequest:
		r.Prefix = c.in(r.Prefix)
		return r
	case wire.SyncRequest:
		r.Path = c.in(r.Path)
		return r
	}
	return req
}

func (c chroot) watchRequest(req wire.Request) wire.Request {
	switch r := req.(type) {
	case wire.AddWatchRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.CheckWatchesRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.RemoveWatchesRequest:
		r.Path = c.in(r.Path)
		return r
	case wire.SetWatchesRequest:
		r.Data, r.Exist, r.Child = all(r.Data, c.in), all(r.Exist, c.in), all(r.Child, c.in)
		r.Persistent, r.PersistentRecursive = all(r.Persistent, c.in), all(r.PersistentRecursive, c.in)
		return r
	}
	return req
}

// response is an answer as the client is to get it.
func (c chroot) response(answer wire.Response) wire.Response {
	if c == "" {
		return answer
	}
	switch r := answer.(type) {
	case wire.CreateResponse:
		r.Path = c.out(r.Path)
		return r
	case wire.SyncResponse:
		r.Path = c.out(r.Path)
		return r
	case wire.GetEphemeralsResponse:
		r.Paths = all(r.Paths, c.out)
		return r
	case wire.MultiResponse:
		results := slices.Clone(r.Results)
		for i := range results {
			results[i].Response = c.response(results[i].Response)
		}
		return wire.MultiResponse{Results: results}
	}
	return answer
}
