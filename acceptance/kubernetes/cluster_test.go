package kubernetes

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	jobs "k8s.io/kubernetes/pkg/controller/job"
)

// cluster is a control plane without nodes.
type cluster struct {
	client clientset.Interface
	config *rest.Config
}

// folder has what the control plane writes, its log among it.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "kubernetes"); err != nil {
		panic(err)
	}
	code := m.Run()
	if code != 0 {
		log, _ := os.ReadFile(filepath.Join(folder, "log"))
		fmt.Printf("%s\n", log[max(0, len(log)-20_000):])
	}
	os.RemoveAll(folder)
	os.Exit(code)
}

// running is the cluster, which the first test starts and which ends with the process.
func running(t *testing.T) *cluster {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// patience is how long a test waits for what takes moments: a busy machine is no failure.
const patience = 2 * time.Minute

var start = sync.OnceValues(func() (*cluster, error) {
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, err
	}
	os.Stderr = log // where the API server says what it says
	etcd, err := startEtcd()
	if err != nil {
		return nil, err
	}
	config, err := startServer(etcd)
	if err != nil {
		return nil, err
	}
	client, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &cluster{client, config}, startController(client)
})

// free is an address on this machine that no one listens at.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func startEtcd() (string, error) {
	var urls []url.URL
	for range 2 {
		address, err := free()
		if err != nil {
			return "", err
		}
		urls = append(urls, url.URL{Scheme: "http", Host: address})
	}
	c := embed.NewConfig()
	c.Dir, c.LogLevel, c.UnsafeNoFsync = filepath.Join(folder, "etcd"), "error", true
	c.LogOutputs = []string{filepath.Join(folder, "etcd.log")}
	c.ListenClientUrls, c.AdvertiseClientUrls = urls[:1], urls[:1]
	c.ListenPeerUrls, c.AdvertisePeerUrls = urls[1:], urls[1:]
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	e, err := embed.StartEtcd(c)
	if err != nil {
		return "", err
	}
	select {
	case <-e.Server.ReadyNotify():
		return urls[0].String(), nil
	case <-time.After(patience):
		return "", errors.New("etcd is not ready")
	}
}

// startServer starts the API server as its own program does, and waits until it is ready.
func startServer(etcd string) (*rest.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	keys, tokens := filepath.Join(folder, "accounts.pem"), filepath.Join(folder, "tokens.csv")
	err = errors.Join(
		os.WriteFile(keys, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600),
		os.WriteFile(tokens, []byte("of-the-tests,tests,1,system:masters\n"), 0o600))
	if err != nil {
		return nil, err
	}
	address, err := free()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	certificates := filepath.Join(folder, "certificates")
	command := app.NewAPIServerCommand()
	// Accounts of services are made by a controller that is not there.
	command.SetArgs([]string{"--etcd-servers=" + etcd, "--bind-address=127.0.0.1", "--secure-port=" + port,
		"--cert-dir=" + certificates, "--token-auth-file=" + tokens, "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + keys,
		"--service-account-signing-key-file=" + keys, "--service-cluster-ip-range=10.0.0.0/24",
		"--endpoint-reconciler-type=none", "--disable-admission-plugins=ServiceAccount"})
	ended := make(chan error, 1)
	go func() { ended <- command.Execute() }()
	config := &rest.Config{Host: "https://" + address, BearerToken: "of-the-tests", QPS: 1000, Burst: 1000,
		TLSClientConfig: rest.TLSClientConfig{CAFile: filepath.Join(certificates, "apiserver.crt")}}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the API server has ended: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
		client, err := clientset.NewForConfig(config)
		if err != nil {
			continue // the certificate is not there yet
		}
		if client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(context.Background()).Error() == nil {
			return config, nil
		}
	}
	return nil, errors.New("the API server is not ready")
}

// startController starts the controller of Jobs, which waits for less long before it tries again than elsewhere.
func startController(client clientset.Interface) error {
	jobs.DefaultJobPodFailureBackOff, jobs.SyncJobBatchPeriod = 100*time.Millisecond, 100*time.Millisecond
	ctx := context.Background()
	all := informers.NewSharedInformerFactory(client, 0)
	c, err := jobs.NewController(ctx, client, all.Core().V1().Pods(), all.Batch().V1().Jobs(),
		all.Scheduling().V1beta1().Workloads(), all.Scheduling().V1beta1().PodGroups())
	if err != nil {
		return err
	}
	all.Start(ctx.Done())
	go c.Run(ctx, 2)
	return nil
}
