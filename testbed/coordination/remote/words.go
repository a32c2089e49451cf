package remote

import (
	"strings"
	"time"
)

// ask asks every server what it is. If none is there, there is no need to wait for one.
func (v *visit) ask() (err error) {
	there := false
	for _, s := range v.Servers {
		text, refused := v.Ask(s, "srvr", wordMax)
		if refused != nil {
			err = refused
			v.Note("%s does not answer: %v", s, refused)
			continue
		}
		there = true
		version, mode := aboutServer(text)
		v.Note("%s says it is %s%s", s, version, mode)
		if strings.HasPrefix(version, "3.8.") && !strings.Contains(version, "ordeal") {
			v.serves = "zookeeper-3.8"
		}
	}
	if there {
		return nil
	}
	return err
}

// wordMax is how long a server may take to answer a four-letter word.
const wordMax = 2 * time.Second

// aboutServer is what the answer to srvr says of a server: its version and what it is in its ensemble.
func aboutServer(srvr string) (version, mode string) {
	version = "of an unknown version"
	for line := range strings.Lines(srvr) {
		if rest, ok := strings.CutPrefix(line, "Zookeeper version: "); ok {
			version, _, _ = strings.Cut(strings.TrimSpace(rest), ",")
		}
		if rest, ok := strings.CutPrefix(line, "Mode: "); ok {
			mode = ", " + strings.TrimSpace(rest)
		}
	}
	return version, mode
}
