// Command client reads and writes registers in a key-value bucket: a value is the number, and how often it was written.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"ordeal/guest/say"
)

const (
	attempt  = 2 * time.Second
	patience = 5 * time.Second
)

func main() {
	conn, err := nats.Connect(os.Getenv("SERVERS"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(100*time.Millisecond), nats.Timeout(time.Second))
	if err != nil {
		panic(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		panic(err)
	}
	c := &client{js: js}
	say.Registers(3, func(t *say.Turn, o say.RegisterOp) (value, version int64, outcome say.Outcome, err error) {
		outcome, err = say.None, errors.New("no server took it")
		for end := time.Now().Add(patience); t.Patience < 0 || time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			value, version, how, failed := c.try(o)
			if failed == nil {
				return value, version, say.OK, nil
			}
			if how == say.Unknown || outcome == say.None {
				outcome, err = how, failed
			}
		}
		return 0, 0, outcome, err
	})
}

type client struct {
	js jetstream.JetStream
	kv jetstream.KeyValue
}

// try reads a register, and writes it if its version is the one that is expected.
func (c *client) try(o say.RegisterOp) (value, version int64, outcome say.Outcome, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), attempt)
	defer cancel()
	if c.kv == nil {
		bucket := jetstream.KeyValueConfig{Bucket: "registers", Replicas: 3}
		if c.kv, err = c.js.CreateKeyValue(ctx, bucket); err != nil {
			return 0, 0, say.None, err
		}
	}
	var is struct{ Value, Version int64 }
	var revision uint64
	entry, err := c.kv.Get(ctx, o.Key)
	switch {
	case err == nil:
		revision = entry.Revision()
		err = json.Unmarshal(entry.Value(), &is)
	case errors.Is(err, jetstream.ErrKeyNotFound):
		err = nil
	}
	if err != nil || !o.Write || is.Version != o.Expected {
		return is.Value, is.Version, say.None, err
	}
	is.Value, is.Version = o.Value, o.Expected+1
	b, _ := json.Marshal(is) // plain data
	_, err = c.kv.Update(ctx, o.Key, b, revision)
	return is.Value, is.Version, say.Unknown, err
}
