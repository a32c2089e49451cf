package jute

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// records are those of zookeeper.jute, with the fields' names as the structs have them that stand for them.
var records = map[string]string{
	"Id":   "Scheme ustring; ID ustring",
	"ACL":  "Perms int; ID Id",
	"Stat": stat,

	"ConnectRequest": "ProtocolVersion int; LastZxidSeen long; TimeoutMs int; SessionID long; Passwd buffer; " +
		"ReadOnly boolean",
	"ConnectResponse": "ProtocolVersion int; TimeoutMs int; SessionID long; Passwd buffer; ReadOnly boolean",
	"RequestHeader":   "Xid int; Op int",
	"ReplyHeader":     "Xid int; Zxid long; Err int",
	"MultiHeader":     "Op int; Done boolean; Err int",
	"WatcherEvent":    "Type int; State int; Path ustring",
	"AuthPacket":      "Type int; Scheme ustring; Auth buffer",

	"Nothing":                      "",
	"CreateRequest":                "Path ustring; Data buffer; ACL vector ACL; Flags int",
	"CreateTTLRequest":             "Path ustring; Data buffer; ACL vector ACL; Flags int; TTLMs long",
	"DeleteRequest":                "Path ustring; Version int",
	"SetDataRequest":               "Path ustring; Data buffer; Version int",
	"CheckVersionRequest":          "Path ustring; Version int",
	"PathWatch":                    "Path ustring; Watch boolean",
	"Path":                         "Path ustring",
	"GetEphemeralsRequest":         "Prefix ustring",
	"SetACLRequest":                "Path ustring; ACL vector ACL; Version int",
	"SetWatches":                   "RelativeZxid long; " + oneTime,
	"SetWatches2":                  "RelativeZxid long; " + oneTime + "; Persistent vector ustring; " + recursive,
	"AddWatchRequest":              "Path ustring; Mode int",
	"WatchesRequest":               "Path ustring; Type int",
	"ReconfigRequest":              "Joining buffer; Leaving buffer; NewMembers buffer; ConfigID long",
	"CreateResponse":               "Path ustring",
	"Create2Response":              "Path ustring; Stat Stat",
	"StatResponse":                 "Stat Stat",
	"GetDataResponse":              "Data buffer; Stat Stat",
	"GetChildrenResponse":          "Names vector ustring",
	"GetChildren2Response":         "Names vector ustring; Stat Stat",
	"GetACLResponse":               "ACL vector ACL; Stat Stat",
	"GetEphemeralsResponse":        "Paths vector ustring",
	"GetAllChildrenNumberResponse": "Number int",
	"WhoAmIResponse":               "IDs vector Id",
	"ErrorResponse":                "Err int",
}

const (
	stat = "Czxid long; Mzxid long; Ctime long; Mtime long; Version int; Cversion int; Aversion int; " +
		"EphemeralOwner long; DataLength int; NumChildren int; Pzxid long"
	oneTime   = "Data vector ustring; Exist vector ustring; Child vector ustring"
	recursive = "PersistentRecursive vector ustring"
)

// field is a field of a record.
type field struct{ name, kind string }

// layouts are the records, taken apart.
var layouts = func() map[string][]field {
	all := make(map[string][]field, len(records))
	for name, text := range records { //house:unordered into a map
		var list []field
		for one := range strings.SplitSeq(text, "; ") {
			if f, kind, ok := strings.Cut(one, " "); ok {
				list = append(list, field{f, kind})
			}
		}
		all[name] = list
	}
	return all
}()

func fieldsOf(record string) []field {
	list, known := layouts[record]
	if !known {
		panic(fmt.Sprintf("jute: there is no record %s", record))
	}
	return list
}

// place is where a field of a record stands in a struct.
type place struct {
	index []int
	kind  string
}

// pair is a record, and a struct that stands for it.
type pair struct {
	record string
	of     reflect.Type
}

// places are those of every pair that was asked for: to look a field up by its name takes several times as long.
var places sync.Map // of []place, by pair

func placesOf(record string, of reflect.Type) []place {
	if found, ok := places.Load(pair{record, of}); ok {
		return found.([]place)
	}
	var list []place
	for _, f := range fieldsOf(record) {
		field, ok := of.FieldByName(f.name)
		if !ok {
			panic(fmt.Sprintf("jute: %v has no %s, which a %s has", of, f.name, record))
		}
		list = append(list, place{field.Index, f.kind})
	}
	places.Store(pair{record, of}, list)
	return list
}
