package notation

import (
	"errors"
	"io"

	"ordeal/history/stream"
)

// Trees reads values of JSON, one after the other. Make one with NewTrees.
type Trees struct{ r Reader }

// NewTrees reads values of JSON from src.
func NewTrees(src io.Reader) *Trees { return &Trees{*newReader(src, &stream.Notes{}, true)} }

// Next reads the next value, and tells where it stands. It is io.EOF behind the last one. Other errors are
// *stream.Error, or what src failed with.
func (t *Trees) Next() (v any, at stream.Place, err error) {
	for {
		f := &t.r.forms
		f.begin(t.r.window, t.r.ended != nil)
		err := f.blanks()
		start := f.at
		if err == nil {
			v, err = f.read()
		}
		switch {
		case err == nil:
			at = t.r.place(start)
			t.r.consume()
			return v, at, nil
		case errors.Is(err, errMore) && t.r.ended != nil:
			return nil, at, t.r.ended
		case errors.Is(err, errMore):
			if err := t.r.fill(); err != nil {
				return nil, at, err
			}
		default:
			return nil, at, t.r.located(err)
		}
	}
}
