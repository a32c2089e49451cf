package tree

import "ordeal/cluster/wire"

// Read answers an exists, getData or getChildren from the state as it is. It changes nothing, and sets no watch: that
// is Watches' part. The response shares its data with the tree: it is not to be written into.
func (t *Tree) Read(r wire.Request) (wire.Response, wire.Code) {
	switch r := r.(type) {
	case wire.ExistsRequest:
		if n := t.nodes[r.Path]; n != nil {
			return wire.ExistsResponse{Stat: n.stat()}, wire.OK
		}
		return nil, wire.NoNode
	case wire.GetDataRequest:
		if n := t.nodes[r.Path]; n != nil {
			return wire.GetDataResponse{Data: n.data, Stat: n.stat()}, wire.OK
		}
		return nil, wire.NoNode
	case wire.GetChildrenRequest:
		if n := t.nodes[r.Path]; n != nil {
			return n.children2(r.Stat), wire.OK
		}
		return nil, wire.NoNode
	}
	return nil, wire.Unimplemented
}

func (n *node) children2(withStat bool) wire.GetChildrenResponse {
	response := wire.GetChildrenResponse{Names: n.names()}
	if withStat {
		stat := n.stat()
		response.Stat = &stat
	}
	return response
}
