package journal

import "encoding/json"

// Changes are a journal of changes of something that is kept in memory: each a value of T, written as JSON.
type Changes[T any] struct {
	journal *Journal
	apply   func(change T) error
}

// OpenChanges opens a journal, or makes one, and carries out the changes in it. apply carries one out.
func OpenChanges[T any](name string, apply func(change T) error) (*Changes[T], error) {
	j, err := Open(name, func(record []byte) error {
		var change T
		if err := json.Unmarshal(record, &change); err != nil {
			return err
		}
		return apply(change)
	})
	return &Changes[T]{j, apply}, err
}

// Make makes a change durable, and then carries it out.
func (c *Changes[T]) Make(change T) error {
	record, err := json.Marshal(change)
	if err != nil {
		return err
	}
	if err := c.journal.Add(record); err != nil {
		return err
	}
	return c.apply(change)
}
