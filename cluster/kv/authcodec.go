package kv

import (
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"

	"ordeal/cluster/etcdwire"
)

// append writes who may do what.
func (a *auth) append(b []byte) []byte {
	b = append(b, boolByte(a.enabled))
	b = binary.AppendUvarint(b, a.revision)
	b = binary.AppendUvarint(b, uint64(len(a.users)))
	for _, name := range slices.Sorted(maps.Keys(a.users)) {
		u := a.users[name]
		b = appendText(b, u.name)
		b = append(b, boolByte(u.noPassword))
		b = appendText(b, string(u.password))
		b = binary.AppendUvarint(b, uint64(len(u.roles)))
		for _, r := range u.roles {
			b = appendText(b, r)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(a.roles)))
	for _, name := range slices.Sorted(maps.Keys(a.roles)) {
		r := a.roles[name]
		b = appendText(b, r.name)
		b = binary.AppendUvarint(b, uint64(len(r.permissions)))
		for _, p := range r.permissions {
			b = binary.AppendVarint(b, int64(p.Type))
			b = appendText(b, string(p.Key))
			b = appendText(b, string(p.RangeEnd))
		}
	}
	return b
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// rehash finds the part of the state's hash that is about users and roles.
func (a *auth) rehash() {
	b := a.append(nil)
	a.sum = uint64(crc32.Checksum(b, castagnoli))<<32 | uint64(len(b))
}

// read reads what append wrote. What is not sorted, or said twice, or no flag, was not written by it.
func (a *auth) read(r *reader) bool {
	*a = newAuth()
	var ok bool
	if a.enabled, ok = r.flag(); !ok {
		return false
	}
	a.revision = r.uvarint()
	last := ""
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		u := &user{name: string(r.bytes())}
		if u.noPassword, ok = r.flag(); !ok || u.name <= last {
			return false
		}
		if password := r.bytes(); len(password) > 0 {
			u.password = slices.Clone(password)
		}
		for m := r.uvarint(); m > 0 && !r.short; m-- {
			u.roles = append(u.roles, string(r.bytes()))
		}
		if !increases(u.roles) {
			return false
		}
		a.users[u.name], last = u, u.name
	}
	last = ""
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		one := &role{name: string(r.bytes())}
		if one.name <= last {
			return false
		}
		for m := r.uvarint(); m > 0 && !r.short; m-- {
			one.permissions = append(one.permissions, etcdwire.Permission{
				Type: etcdwire.PermissionType(r.varint()), Key: slices.Clone(r.bytes()), RangeEnd: slices.Clone(r.bytes()),
			})
		}
		a.roles[one.name], last = one, one.name
	}
	a.refresh()
	return !r.short
}

// flag takes a byte that is 0 or 1.
func (r *reader) flag() (v, ok bool) {
	b := r.byte()
	return b == 1, b <= 1
}

func increases(list []string) bool {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return false
		}
	}
	return true
}
