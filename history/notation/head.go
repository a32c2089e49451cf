package notation

import "ordeal/history"

// head is what ordeal's own files say before their events.
type head struct {
	Format  string
	Version int64
	history.Head
}

// set notes one attribute of a head, if it is one.
func (h *head) set(name string, v any) bool {
	text, isText := v.(string)
	switch name {
	case "format":
		h.Format = text
		return isText
	case "version":
		var ok bool
		h.Version, ok = v.(int64)
		return ok
	case "model":
		h.Model = text
		return isText
	case "nil":
		h.Nil = text
		return isText
	case "trial":
		h.Trial = text
		return isText
	}
	return false
}

// headed goes on behind the head.
func (r *Reader) headed() error {
	if r.head.Format != history.JSONLFormat || r.head.Version != history.JSONLVersion {
		return failAt(r.forms.start, "the file is of format %q version %d, this reads %q version %d",
			r.head.Format, r.head.Version, history.JSONLFormat, history.JSONLVersion)
	}
	r.forms.own = true
	return nil
}

// Head is what the file said of its history before the first event; ok is false if it is not ordeal's own.
func (r *Reader) Head() (h history.Head, ok bool) { return r.head.Head, r.forms.own }
