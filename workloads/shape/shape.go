// Package shape is how requests and responses of the protocol stand in a history: see docs/HISTORIES.md.
package shape

import (
	"fmt"

	"ordeal/cluster/wire"
	"ordeal/history"
)

// Arguments are what a request asks for.
func Arguments(req wire.Request) []any {
	switch r := req.(type) {
	case wire.CreateRequest:
		return []any{r.Path, dataValue(r.Data), int64(r.Flags), aclValue(r.ACL)}
	case wire.DeleteRequest:
		return []any{r.Path, int64(r.Version)}
	case wire.SetDataRequest:
		return []any{r.Path, dataValue(r.Data), int64(r.Version)}
	case wire.CheckRequest:
		return []any{r.Path, int64(r.Version)}
	case wire.ExistsRequest:
		return []any{r.Path, r.Watch}
	case wire.GetDataRequest:
		return []any{r.Path, r.Watch}
	case wire.GetChildrenRequest:
		return []any{r.Path, r.Watch}
	case wire.CreateContainerRequest:
		return append([]any{r.Path, dataValue(r.Data), aclValue(r.ACL)}, otherFlags(r)...)
	case wire.CreateTTLRequest:
		return []any{r.Path, dataValue(r.Data), int64(r.Flags), r.TTLMs, aclValue(r.ACL)}
	case wire.SetACLRequest:
		return []any{r.Path, aclValue(r.ACL), int64(r.Version)}
	case wire.GetACLRequest:
		return []any{r.Path}
	case wire.GetAllChildrenNumberRequest:
		return []any{r.Path}
	case wire.GetEphemeralsRequest:
		return []any{r.Prefix}
	case wire.CheckWatchesRequest:
		return []any{r.Path, int64(r.Type)}
	case wire.RemoveWatchesRequest:
		return []any{r.Path, int64(r.Type)}
	case wire.SyncRequest:
		return []any{r.Path}
	case wire.AddWatchRequest:
		return []any{r.Path, int64(r.Mode)}
	case wire.ReconfigRequest:
		return []any{dataValue(r.Joining), dataValue(r.Leaving), dataValue(r.NewMembers), r.ConfigID}
	case wire.CloseSessionRequest, wire.WhoAmIRequest:
		return nil
	case wire.MultiRequest:
		return []any{partArguments(r.Ops)}
	case wire.MultiReadRequest:
		return []any{partArguments(r.Ops)}
	}
	panic(fmt.Sprintf("shape: %T has no shape in a history", req))
}

// otherFlags are those of a container, if they are others than a container's own.
func otherFlags(r wire.CreateContainerRequest) []any {
	if r.Flags == wire.FlagContainer {
		return nil
	}
	return []any{int64(r.Flags)}
}

func partArguments(ops []wire.Request) []any {
	parts := make([]any, len(ops))
	for i, op := range ops {
		parts[i] = append([]any{op.Op().String()}, Arguments(op)...)
	}
	return parts
}

// Result is what a response says, nil if that is nothing.
func Result(response wire.Response) []any {
	switch r := response.(type) {
	case nil, wire.ErrorResponse:
		return nil
	case wire.WhoAmIResponse:
		return []any{idValues(r.IDs)}
	case wire.CreateResponse:
		if r.Stat == nil {
			return []any{r.Path}
		}
		return []any{r.Path, statValue(*r.Stat)}
	case wire.SetDataResponse:
		return []any{statValue(r.Stat)}
	case wire.ExistsResponse:
		return []any{statValue(r.Stat)}
	case wire.GetDataResponse:
		return []any{dataValue(r.Data), statValue(r.Stat)}
	case wire.GetChildrenResponse:
		if r.Stat == nil {
			return []any{history.Texts(r.Names)}
		}
		return []any{history.Texts(r.Names), statValue(*r.Stat)}
	case wire.SetACLResponse:
		return []any{statValue(r.Stat)}
	case wire.GetACLResponse:
		return []any{aclValue(r.ACL), statValue(r.Stat)}
	case wire.GetAllChildrenNumberResponse:
		return []any{int64(r.Number)}
	case wire.GetEphemeralsResponse:
		return []any{history.Texts(r.Paths)}
	case wire.SyncResponse:
		return []any{r.Path}
	case wire.MultiResponse:
		parts := make([]any, len(r.Results))
		for i, one := range r.Results {
			parts[i] = append([]any{int64(one.Err)}, Result(one.Response)...)
		}
		return []any{parts}
	}
	panic(fmt.Sprintf("shape: %T has no shape in a history", response))
}

func statValue(s wire.Stat) []any {
	return []any{s.Czxid, s.Mzxid, s.Ctime, s.Mtime, int64(s.Version), int64(s.Cversion), int64(s.Aversion),
		s.EphemeralOwner, int64(s.DataLength), int64(s.NumChildren), s.Pzxid}
}

// dataValue is data as a string; no data at all is nil.
func dataValue(b []byte) any {
	if b == nil {
		return nil
	}
	return string(b)
}

func aclValue(list []wire.ACL) []any {
	values := make([]any, len(list))
	for i, entry := range list {
		values[i] = fmt.Sprintf("%s:%s:%d", entry.ID.Scheme, entry.ID.ID, entry.Perms)
	}
	return values
}

func idValues(ids []wire.ID) []any {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id.Scheme + ":" + id.ID
	}
	return values
}
