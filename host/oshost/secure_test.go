package oshost_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509/pkix"
	"io"
	"slices"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/hosttest"
	"ordeal/host/oshost"
)

// named answers every frame with the identities of who sent it, in order, each behind a bar.
func named() host.Boot {
	return boots(&calls{frame: func(c host.Conn, _ []byte) {
		var names []byte
		for _, name := range c.(host.Identified).Identities() {
			names = append(append(names, '|'), name...)
		}
		c.Send(names)
	}})
}

// secured is a machine with a port for TLS that asks clients for certificates in this way.
func secured(t *testing.T, a *hosttest.Authority, auth tls.ClientAuthType) oshost.Config {
	cfg := alone(t)
	cfg.SecureListen = "127.0.0.1:0"
	cfg.TLS = &tls.Config{
		Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{CommonName: "server"})},
		ClientAuth:   auth, ClientCAs: a.Pool(),
	}
	return cfg
}

// whoAmI connects over TLS and asks once. An error may come when it connects or when it reads.
func whoAmI(addr string, config *tls.Config) (string, error) {
	nc, err := tls.Dial("tcp", addr, config)
	if err != nil {
		return "", err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	if _, err := nc.Write([]byte{0, 0, 0, 0}); err != nil {
		return "", err
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(nc, length); err != nil {
		return "", err
	}
	names := make([]byte, length[3])
	_, err = io.ReadFull(nc, names)
	return string(names), err
}

func TestClientCertificates(t *testing.T) {
	good, bad := hosttest.NewAuthority(t), hosttest.NewAuthority(t)
	ann := pkix.Name{Country: []string{"CH"}, Organization: []string{"Example"}, CommonName: "ann"}
	certs := map[string][]tls.Certificate{
		"none":      nil,
		"trusted":   {good.Certificate(t, ann)},
		"untrusted": {bad.Certificate(t, ann)},
	}
	const subject = "|CN=ann,O=Example,C=CH"
	for _, c := range []struct {
		auth    tls.ClientAuthType
		answers map[string]string // of those that are let in
	}{
		{tls.RequireAndVerifyClientCert, map[string]string{"trusted": subject}},
		{tls.VerifyClientCertIfGiven, map[string]string{"trusted": subject, "none": "", "untrusted": ""}},
		{tls.NoClientCert, map[string]string{"trusted": "", "none": "", "untrusted": ""}},
	} {
		m := start(t, secured(t, good, c.auth), named())
		for _, who := range []string{"none", "trusted", "untrusted"} {
			got, err := whoAmI(m.SecureAddr(), &tls.Config{RootCAs: good.Pool(), Certificates: certs[who]})
			want, in := c.answers[who]
			if who == "untrusted" && c.auth == tls.VerifyClientCertIfGiven {
				// A client that knows whom the server trusts shows nothing else; it comes in without a name.
				want, in = "", err == nil
			}
			if (err == nil) != in || got != want {
				t.Errorf("%v, certificate %s: it is %q, %v", c.auth, who, got, err)
			}
		}
		roundTripNothing(t, m)
	}
}

// roundTripNothing checks that the plain port of a machine with a secure one gives no client a name.
func roundTripNothing(t *testing.T, m *oshost.Machine) {
	t.Helper()
	nc := dial(t, m.ClientAddr())
	defer nc.Close()
	nc.Write([]byte{0, 0, 0, 0})
	answer := make([]byte, 4)
	if _, err := io.ReadFull(nc, answer); err != nil || !bytes.Equal(answer, []byte{0, 0, 0, 0}) {
		t.Errorf("the plain port answers %v, %v", answer, err)
	}
}

// TestGarbageOnSecurePort talks nonsense where TLS is expected, and then TLS.
func TestGarbageOnSecurePort(t *testing.T) {
	a := hosttest.NewAuthority(t)
	cfg := secured(t, a, tls.NoClientCert)
	cfg.Patience = 100 * time.Millisecond
	m := start(t, cfg, named())
	// Of what is shorter than a record's head the server waits for the rest.
	said := slices.DeleteFunc(garbage(), func(b []byte) bool { return len(b) < 5 })
	for _, s := range said {
		nc := dial(t, m.SecureAddr())
		nc.Write(s)
		io.Copy(io.Discard, nc)
		nc.Close()
	}
	for end := time.Now().Add(patience); m.Counters().TLSFailed != uint64(len(said)); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d connections count as failed", m.Counters().TLSFailed, len(said))
		}
	}
	for end := time.Now().Add(patience); ; { // a busy machine may not shake hands in time
		_, err := whoAmI(m.SecureAddr(), &tls.Config{RootCAs: a.Pool()})
		if err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestManyFramesOverTLS has a process send more than a record at once, and get it all back.
func TestManyFramesOverTLS(t *testing.T) {
	a := hosttest.NewAuthority(t)
	m := start(t, secured(t, a, tls.NoClientCert), echoes)
	frames := 0
	var bytesBack int
	cfg := oshost.ProcessConfig{Self: "c1", Logger: quiet(), TLS: &tls.Config{RootCAs: a.Pool()},
		Servers: map[host.Addr]string{"n1": m.SecureAddr()}}
	p := oshost.StartProcess(cfg, func(p host.Process) {
		all := p.NewSignal()
		c := p.Dial("n1", &hears{frame: func(b []byte) {
			if frames, bytesBack = frames+1, bytesBack+len(b); frames == 1000 {
				all.Set()
			}
		}})
		for i := range 1000 {
			c.Send(make([]byte, i))
		}
		all.Wait(patience)
	})
	<-p.Done()
	if frames != 1000 || bytesBack != 999*1000/2 {
		t.Errorf("%d frames came back, with %d bytes", frames, bytesBack)
	}
}

// TestPeersOverTLS has two machines talk that trust one authority, and a third that has its certificate of another.
func TestPeersOverTLS(t *testing.T) {
	good, bad := hosttest.NewAuthority(t), hosttest.NewAuthority(t)
	speaks := func(a *hosttest.Authority) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{CommonName: "a server"})},
			RootCAs:      good.Pool(), ClientCAs: good.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
		}
	}
	heard := make(chan host.Addr, 1000)
	listener := alone(t)
	listener.Peers = map[host.Addr]string{"n2": "127.0.0.1:1", "n3": "127.0.0.1:1"}
	listener.PeerTLS = speaks(good)
	m := start(t, listener, boots(&calls{receive: func(from host.Addr, _ []byte) { heard <- from }}))
	for name, a := range map[host.Addr]*hosttest.Authority{"n2": good, "n3": bad} {
		cfg := alone(t)
		cfg.Self, cfg.PeerTLS, cfg.Peers = name, speaks(a), map[host.Addr]string{"n1": m.PeerAddr()}
		start(t, cfg, func(h host.Host) (host.Program, error) {
			h.Clock().SetAlarm(h.Clock().Now())
			return &calls{wake: func() {
				h.Send("n1", []byte("hello"))
				h.Clock().SetAlarm(h.Clock().Now() + 10*time.Millisecond)
			}}, nil
		})
	}
	for range 20 {
		if from := <-heard; from != "n2" {
			t.Fatalf("%s was heard, whose certificate is not trusted", from)
		}
	}
	for end := time.Now().Add(patience); m.Counters().PeersRefused == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no machine was refused")
		}
	}
}
