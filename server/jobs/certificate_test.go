package jobs_test

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/zoocfg"
	"ordeal/host/hosttest"
	"ordeal/server"
	"ordeal/server/jobs"
)

// secureServer starts a server that takes clients over TLS alone who show a certificate, and returns where.
func secureServer(t *testing.T, a *hosttest.Authority) string {
	t.Helper()
	dir := t.TempDir()
	key, trust := filepath.Join(dir, "key.pem"), filepath.Join(dir, "trust.pem")
	for path, text := range map[string][]byte{key: a.KeyStore(t, pkix.Name{CommonName: "server"}), trust: a.TrustStore()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf("dataDir=%s\nsecureClientPort=0\nsecureClientPortAddress=127.0.0.1\nadmin.enableServer=false\n"+
		"ssl.keyStore.location=%s\nssl.trustStore.location=%s\n", dir, key, trust)
	config, err := zoocfg.Parse("zoo.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(config, 0, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s.SecureAddr()
}

// A certificate is an identity as a digest is: whoever shows another is shut out, from jobs and from carrying them out.
func TestCertificateIsAnIdentity(t *testing.T) {
	a := hosttest.NewAuthority(t)
	by := func(name string) *tls.Config {
		return &tls.Config{RootCAs: a.Pool(), Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{CommonName: name})}}
	}
	o := &office{t, jobs.Config{Servers: []string{secureServer(t, a)}, Path: "/cron", TLS: by("cron"),
		SessionTimeout: 4 * time.Second, Logger: quiet, Folder: t.TempDir()}}
	o.must("init")
	o.must("add", job("j", command("/bin/sh", "-c", "echo done by a certificate"), ""))

	for name, other := range map[string]*office{
		"another certificate": {t, o.cfg}, "a digest beside another certificate": {t, o.cfg},
	} {
		other.cfg.TLS = by("other")
		if strings.HasPrefix(name, "a digest") {
			other.cfg.Auth = "digest:cron:secret"
		}
		for _, refused := range [][]string{{"list"}, {"pause", "j"}, {"trigger", "j"}, {"remove", "j"}, {"log", "j"},
			{"add", job("k", command("/bin/true"), "")}} {
			if out, err := other.operate(refused...); err == nil || strings.Contains(out, "j") {
				t.Errorf("%s: %v: %q, %v", name, refused, out, err)
			}
		}
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		if err := jobs.Run(ctx, other.cfg); err == nil || ctx.Err() != nil {
			t.Errorf("%s carries jobs out: %v", name, err)
		}
		stop()
	}

	o.run(func(c *jobs.Config) { c.AllowCommands, c.Programs = true, []string{"/bin/sh"} })
	o.must("trigger", "j")
	o.await(func() bool { return strings.Contains(o.must("log", "j"), "done by a certificate") })
	if log := o.must("log", "j"); !strings.Contains(log, schedule.Done) {
		t.Error(log)
	}
}
