// Command server takes part in an election: who has the promises of a majority leads for as long as they are good for.
// How long that is it says by the time of day, which every machine has of its own.
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"ordeal/guest/say"
	"ordeal/guest/web"
)

// lease is how long a promise is good for.
const lease = 2 * time.Second

// server is one of those that take part.
type server struct {
	name   string
	all    []string
	client *http.Client

	sync.Mutex
	epoch     uint64    // the newest that it knows
	holder    string    // to whom it has given its promise in that epoch
	promised  time.Time // until when
	leads     uint64    // the epoch that it leads in
	leadUntil time.Time
}

// careful has a leader count its lease from before it asked, by its own clock, and only half of it.
var careful = os.Getenv("VARIANT") == "careful"

func main() {
	name, all := say.Must(os.Hostname()), strings.Split(os.Getenv("SERVERS"), ",")
	s := &server{name: name, all: all, client: web.Client(lease / 4)}
	http.HandleFunc("/promise", s.promise)
	http.HandleFunc("/leader", s.leader)
	go func() {
		for {
			time.Sleep(lease/8 + rand.N(lease/8))
			s.campaign()
		}
	}()
	log.Fatal(web.Serve(http.DefaultServeMux))
}

// campaign asks all for their promises, unless another one has this server's.
func (s *server) campaign() {
	s.Lock()
	began := time.Now()
	if s.leads != s.epoch || s.leads == 0 {
		if began.Before(s.promised) {
			s.Unlock()
			return
		}
		s.epoch++
	}
	epoch, until := s.epoch, began.Add(lease).Round(0)
	s.Unlock()
	promises := web.Agree(s.client, s.all, fmt.Sprintf("/promise?is=%s+%d+%d", s.name, epoch, until.UnixNano()))
	s.Lock()
	defer s.Unlock()
	if promises > len(s.all)/2 {
		s.leads, s.leadUntil = epoch, until
		if careful {
			s.leadUntil = began.Add(lease / 2)
		}
	} else if s.leads != epoch && s.epoch == epoch && s.holder == s.name {
		s.promised = time.Time{} // it will not lead in this epoch, and is free for others
	}
	say.Say(say.Status{Leads: time.Now().Before(s.leadUntil), Epoch: s.epoch, Text: "promised to " + s.holder})
}

// promise gives a promise, unless another one's is good.
func (s *server) promise(w http.ResponseWriter, r *http.Request) {
	var to string
	var epoch uint64
	var until int64
	_, err := fmt.Sscan(r.FormValue("is"), &to, &epoch, &until)
	s.Lock()
	defer s.Unlock()
	another := to != s.holder && time.Now().Before(s.promised)
	if err != nil || another || epoch < s.epoch || epoch == s.epoch && to != s.holder && to != s.name {
		http.Error(w, "it is another's", http.StatusConflict)
		return
	}
	s.epoch, s.holder, s.promised = epoch, to, time.Unix(0, until)
	if careful {
		s.promised = time.Now().Add(lease)
	}
}

// leader says in which epoch the server leads, if it does.
func (s *server) leader(w http.ResponseWriter, _ *http.Request) {
	s.Lock()
	defer s.Unlock()
	if !time.Now().Before(s.leadUntil) {
		http.Error(w, "another one", http.StatusNotFound)
		return
	}
	fmt.Fprint(w, s.leads)
}
