package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEtcdVersion(t *testing.T) {
	got, err := parseEtcdVersion("etcd Version: 3.4.23\nGit SHA: Not provided\nGo Version: go1.19.8\n")
	if err != nil || got != "3.4.23" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := parseEtcdVersion("Git SHA: x\n"); err == nil {
		t.Error("a text without a version is taken")
	}
}

// TestEtcdMissing looks for etcd where none is: one line says so, and it is no error.
func TestEtcdMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	etcd, err := findEtcd(&out)
	if err != nil || etcd != nil {
		t.Errorf("%v, %v", etcd, err)
	}
	if s := out.String(); !strings.Contains(s, "etcd-server") || strings.Count(s, "\n") != 1 {
		t.Errorf("it says %q", s)
	}
}

func TestEtcdFlags(t *testing.T) {
	flags := etcdFlags("/data", 1, []string{"h:1", "h:2", "h:3"}, "h:9")
	for _, want := range []string{
		"--name=etcd-2", "--data-dir=/data/etcd-2", "--listen-client-urls=http://h:9", "--listen-peer-urls=http://h:2",
		"--initial-cluster=etcd-1=http://h:1,etcd-2=http://h:2,etcd-3=http://h:3",
	} {
		if !slices.Contains(flags, want) {
			t.Errorf("%v does not hold %s", flags, want)
		}
	}
}

// TestEtcdRepeats counts what ends in a window, before it, and the one operation that ends behind it.
func TestEtcdRepeats(t *testing.T) {
	calls := 0
	now := time.Now()
	took, err := repeatEtcd(window{from: now.Add(-time.Hour), to: now.Add(20 * time.Millisecond)}, func() error {
		calls++
		time.Sleep(time.Millisecond)
		return nil
	})
	if err != nil || len(took) != calls-1 {
		t.Errorf("%d spans of %d calls, %v", len(took), calls, err)
	}
	failure := errors.New("no")
	if _, err := repeatEtcd(window{to: now}, func() error { return failure }); !errors.Is(err, failure) {
		t.Errorf("a failed operation gives %v", err)
	}
}

// TestRatesPrinted prints a load with and without etcd: etcd's figures add columns, and change neither the others nor
// the verdict.
func TestRatesPrinted(t *testing.T) {
	our := rate{perSecond: 200, p50: time.Millisecond, p99: 2 * time.Millisecond, cpu: time.Millisecond}
	their := rate{perSecond: 100, p50: 2 * time.Millisecond, p99: 4 * time.Millisecond, cpu: 2 * time.Millisecond}
	etcd := rate{perSecond: 800, p50: 4 * time.Millisecond, p99: time.Millisecond, cpu: 4 * time.Millisecond}
	var without, with bytes.Buffer
	if !printRates(&without, load{true, 1, 1}, []rate{our, their}) || !printRates(&with, load{true, 1, 1},
		[]rate{our, their, etcd}) {
		t.Error("targets that are reached are not judged so")
	}
	a, b := strings.Split(without.String(), "\n"), strings.Split(with.String(), "\n")
	more := []string{"\t800\t0.25", "\t4.00\t0.25", "\t1.00\t2.00", "\t4.00\t0.25", ""}
	if len(a) != len(more) || len(b) != len(more) {
		t.Fatalf("%d and %d lines", len(a), len(b))
	}
	for i := range more {
		if b[i] != a[i]+more[i] {
			t.Errorf("line %d is %q, and %q without etcd", i+1, b[i], a[i])
		}
	}
	their.p99 = time.Millisecond
	if printRates(&with, load{true, 1, 1}, []rate{our, their}) {
		t.Error("a p99 above ZooKeeper's is not judged missed")
	}
}
