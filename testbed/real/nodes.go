package real

import (
	"errors"
	"fmt"
	"strconv"
)

// ParseNodes reads numbers of servers.
func ParseNodes(words []string) (all []int, err error) {
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > nodesMax {
			return nil, fmt.Errorf("nodes %s: it must be from 1 to %d", word, nodesMax)
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, errors.New("nodes: there is no number")
	}
	return all, nil
}
