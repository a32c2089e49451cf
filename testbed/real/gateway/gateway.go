// Package gateway asks servers of etcd by their gateway, as an operator does.
package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Answer is what etcd's gateway answers: which server it is and which one leads, as it knows, and who is in the
// cluster, where it was asked for that. Numbers are texts there.
type Answer struct {
	Header struct {
		Member string `json:"member_id"`
	} `json:"header"`
	Leader  string   `json:"leader"`
	Members []Member `json:"members"`
	// Storage is the version of what is on the server's disk, from 3.6 on.
	Storage string `json:"storageVersion"`
	// Message is why the server has refused.
	Message string `json:"message"`
}

// Member is a server as etcd knows it.
type Member struct {
	ID      string   `json:"ID"`
	Peers   []string `json:"peerURLs"`
	Learner bool     `json:"isLearner"`
}

// Hosts are where other servers reach it.
func (m Member) Hosts() (hosts []string) {
	for _, text := range m.Peers {
		if peers, err := url.Parse(text); err == nil {
			hosts = append(hosts, peers.Hostname())
		}
	}
	return hosts
}

// Elsewhere are the URLs by which one is reached that is like it, on another host.
func (m Member) Elsewhere(host string) (all []string) {
	for _, text := range m.Peers {
		if peers, err := url.Parse(text); err == nil {
			peers.Host = net.JoinHostPort(host, peers.Port())
			all = append(all, peers.String())
		}
	}
	return all
}

// Paths of etcd's gateway.
const (
	Status  = "/v3/maintenance/status"
	Members = "/v3/cluster/member/list"
)

// ErrRefused is an answer of a server that does not do what it was asked for. All other errors are of connections.
var ErrRefused = errors.New("refused")

// Fields are those of a request to etcd's gateway.
type Fields map[string]any

// Dial connects to an address.
type Dial func(ctx context.Context, address string) (net.Conn, error)

// Ask asks the server at an address by HTTP.
func Ask(ctx context.Context, dial Dial, address, path string, request Fields) (answer Answer, err error) {
	if request == nil {
		request = Fields{}
	}
	text, err := json.Marshal(request)
	if err != nil {
		return answer, err
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return answer, err
	}
	defer conn.Close()
	if deadline, any := ctx.Deadline(); any {
		_ = conn.SetDeadline(deadline) // a connection of TCP has deadlines
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+path, bytes.NewReader(text))
	if err != nil {
		return answer, err
	}
	if err = req.Write(conn); err != nil {
		return answer, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	if text, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err != nil {
		return answer, err
	}
	if err = json.Unmarshal(text, &answer); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: %s", ErrRefused, answer.Message)
	}
	return answer, err
}

// refusals are what a server says of a change that was carried out before: its answer was lost.
var refusals = []string{"Peer URLs already exists", "member not found", "can only promote a learner member"}

// notYet is what a server says of a learner that is behind: it may be promoted later.
const notYet = "in sync with leader"

// Settled says that a change was refused since it had been carried out before.
func Settled(refusal error) bool {
	if !errors.Is(refusal, ErrRefused) || strings.Contains(refusal.Error(), notYet) {
		return false
	}
	for _, words := range refusals {
		if strings.Contains(refusal.Error(), words) {
			return true
		}
	}
	return false
}

// releaseForm finds the release in what a program says of its version: of 3.6.16 it is 3.6.
var releaseForm = regexp.MustCompile(`\b([0-9]+)\.([0-9]+)\.[0-9]+`)

// Release is the one of a program, as two numbers; ok says that it tells.
func Release(says string) (major, minor int, ok bool) {
	m := releaseForm.FindStringSubmatch(says)
	if m == nil {
		return 0, 0, false
	}
	major, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(m[2])
	return major, minor, err == nil
}
