package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// format is what the head says, so that a newer version's is not read as this one's.
const format = "config/1"

// head is what the path's own znode holds.
type head struct {
	Format   string `json:"format"`
	Revision int64  `json:"revision"`
	By       string `json:"by,omitempty"`
	Gray     *Gray  `json:"gray,omitempty"`
}

// record is what a revision's znode holds. Mark is drawn by whoever makes it, to find it by if the answer is lost.
type record struct {
	Format string   `json:"format"`
	By     string   `json:"by,omitempty"`
	Mark   string   `json:"mark"`
	Before []Change `json:"before,omitempty"`
	Behind []Change `json:"behind,omitempty"`
	Gray   *Gray    `json:"gray,omitempty"`
}

// encode is JSON on a line. What is encoded here always can be.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("config: " + err.Error())
	}
	return append(data, '\n')
}

// parseHead reads a head; a znode without data is the head before the first change.
func parseHead(data []byte) (h head, err error) {
	if len(data) == 0 {
		return head{Format: format}, nil
	}
	if err := json.Unmarshal(data, &h); err != nil || h.Format != format {
		return head{}, fmt.Errorf("config: %.40q is no configuration of this version", data)
	}
	return h, nil
}

func parseRecord(data []byte) (r record, err error) {
	if err := json.Unmarshal(data, &r); err != nil || r.Format != format {
		return record{}, fmt.Errorf("config: %.40q is no revision of this version", data)
	}
	return r, nil
}

// stateOf is the state that a head and its entries say.
func stateOf(data []byte, stat wire.Stat, settings Settings) (State, error) {
	h, err := parseHead(data)
	if err != nil || h.Revision == 0 {
		return State{}, err
	}
	slices.SortFunc(settings, func(a, b Setting) int { return strings.Compare(a.Name, b.Name) })
	return State{Revision: h.Revision, Zxid: stat.Mzxid, By: h.By, Gray: h.Gray, Settings: settings}, nil
}
