package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// sockets tries what a program sees of sockets and files, and prints it: the same, whether it runs as a guest or not.
func sockets() {
	dir, err := os.MkdirTemp("", "probe")
	must(err)
	must(os.Chdir(dir))
	files()
	streams()
	packets()
	web()
}

func files() {
	_, err := os.Open("missing")
	fmt.Println("missing", errors.Is(err, fs.ErrNotExist))
	fmt.Println("mkdir", os.Mkdir("d", 0o700), errors.Is(os.Mkdir("d", 0o700), fs.ErrExist))
	f, err := os.OpenFile("d/f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	must(err)
	_, err = os.OpenFile("d/f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	fmt.Println("anew", errors.Is(err, fs.ErrExist))
	_, _ = f.WriteString("0123456789")
	_, _ = f.WriteAt([]byte("ab"), 3)
	at, err := f.Seek(-4, io.SeekEnd)
	b := make([]byte, 10)
	n, errRead := f.Read(b)
	fmt.Println(at, err, string(b[:n]), errRead, f.Truncate(6), f.Sync())
	info, _ := f.Stat()
	fmt.Println(info.Name(), info.Size(), info.IsDir(), info.Mode().IsRegular())
	a, err := os.OpenFile("d/f", os.O_WRONLY|os.O_APPEND, 0)
	must(err)
	_, _ = a.WriteString("end")
	text, err := os.ReadFile("d/f")
	fmt.Println(string(text), err, os.Remove("d") != nil, os.Rename("d/f", "d/g"), os.WriteFile("d/h", nil, 0o600))
	_ = filepath.WalkDir(".", func(p string, e fs.DirEntry, err error) error {
		fmt.Println("walk", p, e.IsDir(), err)
		return nil
	})
	fmt.Println(os.RemoveAll("d"), errors.Is(os.Remove("d"), fs.ErrNotExist))
}

func streams() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	_, err = net.Listen("tcp", l.Addr().String())
	fmt.Println("in use", err != nil)
	served := make(chan string)
	go func() {
		c, err := l.Accept()
		must(err)
		all, err := io.ReadAll(c)
		said := fmt.Sprintln("server has", len(all), err)
		fmt.Fprint(c, "answer")
		c.Close()
		served <- said
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	must(err)
	fmt.Println("named", c.RemoteAddr().String() == l.Addr().String(), c.LocalAddr().(*net.TCPAddr).Port > 0)
	must(c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)))
	_, err = c.Read(make([]byte, 1))
	fmt.Println("deadline", errors.Is(err, os.ErrDeadlineExceeded))
	must(c.SetReadDeadline(time.Time{}))
	t := c.(*net.TCPConn)
	fmt.Println(t.SetNoDelay(true), t.SetKeepAlive(true), t.SetKeepAlivePeriod(time.Second), t.SetReadBuffer(1<<16))
	n, err := c.Write(make([]byte, 300_000))
	fmt.Println("wrote", n, err, t.CloseWrite())
	all, err := io.ReadAll(c)
	fmt.Println(string(all), err)
	fmt.Print(<-served)
	must(l.Close())
	_, err = l.Accept()
	fmt.Println("closed", errors.Is(err, net.ErrClosed))
	_, err = net.Dial("tcp", l.Addr().String())
	fmt.Println("refused", err != nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:9")
	fmt.Println("cancelled", err != nil)
	_, err = net.LookupHost("localhost")
	fmt.Println("localhost", err)
}

func packets() {
	a, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(err)
	b, err := net.Dial("udp", a.LocalAddr().String())
	must(err)
	_, err = b.Write([]byte("ping"))
	must(err)
	buffer := make([]byte, 10)
	n, from, err := a.ReadFrom(buffer)
	fmt.Println(string(buffer[:n]), from.String() == b.LocalAddr().String(), err)
	_, err = a.WriteTo([]byte("pong"), from)
	must(err)
	n, err = b.Read(buffer)
	fmt.Println(string(buffer[:n]), err)
	must(a.SetReadDeadline(time.Now().Add(20 * time.Millisecond)))
	_, _, err = a.ReadFrom(buffer)
	fmt.Println("deadline", errors.Is(err, os.ErrDeadlineExceeded))
}

// web asks a server over TLS.
func web() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<35, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	must(err)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	})
	must(err)
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %d %v %x", r.Method, r.URL, len(body), err, r.TLS.Version)
		}))
	}()
	roots := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	must(err)
	roots.AddCert(parsed)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	for range 2 {
		answer, err := client.Post("https://"+l.Addr().String()+"/path", "text/plain", io.LimitReader(zeros{}, 200_000))
		must(err)
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Println(string(text), err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
