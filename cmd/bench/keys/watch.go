package keys

import (
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// watchStreams is how many streams the watches are divided among, each on a connection of its own.
const watchStreams = 20

// fanOut has a key watched many times, and puts it again and again, each time when every watch was told of it. It
// returns how long that took from the put on.
func fanOut(e *ensemble, from, to time.Time) (took []time.Duration, err error) {
	told, failed := make(chan int, watchers), make(chan error, watchStreams+1)
	for i := range watchStreams {
		w, err := open(e.addrs[i%len(e.addrs)])
		if err != nil {
			return nil, err
		}
		defer w.close()
		if err := w.watch(watchers/watchStreams, told, failed); err != nil {
			return nil, err
		}
	}
	writer, err := open(e.addrs[0])
	if err != nil {
		return nil, err
	}
	defer writer.close()
	put := bytesOf(&pb.PutRequest{Key: []byte("fan-out"), Value: value})
	for begun := time.Now(); begun.Before(to); {
		if _, err := writer.begin(putMethod, put, true); err != nil {
			return nil, err
		}
		for h := (heard{}); !h.ended && err == nil; {
			h, err = writer.next()
		}
		for left := watchers; left > 0 && err == nil; {
			select {
			case n := <-told:
				left -= n
			case err = <-failed:
			}
		}
		if err != nil {
			return nil, err
		}
		now := time.Now()
		if now.After(from) && now.Before(to) {
			took = append(took, now.Sub(begun))
		}
		begun = now
	}
	return took, nil
}

// watch begins watches on a stream, and says from then on how many were told of something.
func (c *wire) watch(n int, told chan<- int, failed chan<- error) error {
	request := bytesOf(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{
		CreateRequest: &pb.WatchCreateRequest{Key: []byte("fan-out")},
	}})
	stream, err := c.begin(watchMethod, request, false)
	for range n - 1 {
		if err == nil {
			err = c.send(stream, request, false)
		}
	}
	for begun := 0; begun < n && err == nil; {
		var h heard
		h, err = c.next()
		begun += h.messages
	}
	if err != nil {
		return err
	}
	go func() {
		for {
			h, err := c.next()
			if err != nil {
				failed <- err
				return
			}
			told <- h.messages
		}
	}()
	return nil
}
