package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Work is what a job's work says: either a command or an HTTP call.
type Work struct {
	// Command is a program's absolute path, and its arguments. No shell reads it.
	Command []string `json:"command,omitempty"`
	HTTP    *Call    `json:"http,omitempty"`
}

// Call is an HTTP call; it ends well with a status from 200 to 299.
type Call struct {
	Method string            `json:"method,omitempty"` // "" is GET
	URL    string            `json:"url"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
}

var errNoWork = errors.New(`jobs: the work is neither {"command": [program, argument, …]} nor {"http": {"url": …}}`)

// parseWork reads what a job's work says. The error says in one line what means nothing.
func parseWork(data []byte) (w Work, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if len(data) == 0 {
		return Work{}, errNoWork
	}
	if err := d.Decode(&w); err != nil {
		return Work{}, fmt.Errorf("%w: %v", errNoWork, err)
	}
	if (len(w.Command) > 0) == (w.HTTP != nil) {
		return Work{}, errNoWork
	}
	if len(w.Command) > 0 && !filepath.IsAbs(w.Command[0]) {
		return Work{}, fmt.Errorf("jobs: the program %q has no absolute path", w.Command[0])
	}
	if w.HTTP != nil {
		u, err := url.Parse(w.HTTP.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
			return Work{}, fmt.Errorf("jobs: %q is no URL of a host by http or https, without a user", w.HTTP.URL)
		}
		if _, err := http.NewRequest(w.HTTP.Method, w.HTTP.URL, nil); err != nil {
			return Work{}, fmt.Errorf("jobs: %v", err)
		}
	}
	return w, nil
}

// errShut says that the executor does not open a door that work needs.
var errShut = errors.New("jobs: not allowed here")

// allowed returns an error that wraps errShut, or nil if the executor opens the door.
func (c Config) allowed(w Work) error {
	switch {
	case w.HTTP != nil:
		u, err := url.Parse(w.HTTP.URL)
		if err != nil {
			return err
		}
		return c.allowedHost(u)
	case !c.AllowCommands:
		return fmt.Errorf("%w: commands are not carried out", errShut)
	case !slices.Contains(c.Programs, w.Command[0]):
		return fmt.Errorf("%w: the program %q is none of those that are named", errShut, w.Command[0])
	}
	return nil
}

// allowedHost holds that a host is named, with its port or as such.
func (c Config) allowedHost(u *url.URL) error {
	for _, host := range c.Hosts {
		if strings.EqualFold(host, u.Host) || strings.EqualFold(host, u.Hostname()) {
			return nil
		}
	}
	return fmt.Errorf("%w: the host %q is none of those that are named", errShut, u.Host)
}
