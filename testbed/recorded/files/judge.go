package files

import (
	"io"

	"ordeal/history/formats"
	"ordeal/testbed/recorded"
)

// Judge reads a file, or in for the name "-", and judges it: see Open, formats.Open and recorded.Judge.
func Judge(name string, in io.Reader, errOut io.Writer, format, model string, r recorded.Reading) (
	recorded.Judgement, error) {
	input, err := Open(name, in, errOut)
	if err != nil {
		return recorded.Judgement{}, err
	}
	defer input.Close()
	file, err := formats.Open(input.Name, input, format)
	if err != nil {
		return recorded.Judgement{}, err
	}
	return recorded.Judge(file, model, r)
}
