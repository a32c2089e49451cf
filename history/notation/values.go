package notation

import (
	"errors"

	"ordeal/history/stream"
)

// Values reads single values in EDN. The zero value is ready.
type Values struct{ forms forms }

// Read reads the first value of a text that stands at a place, and tells how many bytes it took, with blanks before it;
// 0 if there is none. Errors are *stream.Error.
func (r *Values) Read(text []byte, at stream.Place) (v any, used int, err error) {
	f := &r.forms
	f.begin(text, true)
	if err := f.skip(); errors.Is(err, errMore) {
		return nil, 0, nil
	}
	v, err = f.read()
	var bad *formError
	if errors.As(err, &bad) {
		return nil, 0, stream.Errorf(stream.Place{Line: at.Line, Column: at.Column + bad.offset}, "%s", bad.text)
	}
	return v, f.at, err
}
