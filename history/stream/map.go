package stream

import (
	"errors"

	"ordeal/history"
)

// FromMap sets the event from a map of its attributes.
func (e *Event) FromMap(m history.Map, keys *Keys, notes *Notes) error {
	e.Process = history.Anonymous
	var key any
	typed := false
	for _, p := range m {
		name, _ := p.Key.(string)
		var err error
		switch name {
		case "type":
			typed = true
			err = e.SetType(p.Value)
		case "process":
			err = e.SetProcess(p.Value)
		case "f":
			err = e.SetF(p.Value)
		case "value":
			e.Value = p.Value
		case "time":
			err = e.SetTime(p.Value)
		case "index":
			err = e.SetNumber(p.Value)
		case "error":
			e.SetError(p.Value)
		case "key":
			key = p.Value
		default:
			notes.Pass("the attribute", history.Text(p.Key))
		}
		if err != nil {
			return err
		}
	}
	if !typed {
		return errors.New("the event has no :type")
	}
	if key == nil {
		return nil
	}
	return keys.Set(e, key)
}
