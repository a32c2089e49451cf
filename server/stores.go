package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"ordeal/cluster/zoocfg"
)

// Stores come in PEM form, or in one of Java's own: JKS, which begins with a number of its own, or PKCS12. Java's tools
// have made PKCS12 under the name of JKS for years, so which of the two it is is for the file to say.

// blocks are what a store holds, as PEM has it: certificates, a key.
type blocks []*pem.Block

const (
	blockCert      = "CERTIFICATE"
	blockKey       = "PRIVATE KEY"
	blockEncrypted = "ENCRYPTED PRIVATE KEY"
)

// jksMagic begins a JKS.
var jksMagic = []byte{0xfe, 0xed, 0xfe, 0xed}

// loadKeyStore reads a store with a key, its certificate and those that lead to the root.
func loadKeyStore(s zoocfg.Store) (tls.Certificate, error) {
	all, err := readStore(s, keyOfPEM, keyOfJKS, keyOfPKCS12)
	if err != nil {
		return tls.Certificate{}, err
	}
	var text bytes.Buffer
	for _, b := range all {
		if err := pem.Encode(&text, b); err != nil {
			return tls.Certificate{}, fmt.Errorf("%s: %w", s.File, err)
		}
	}
	cert, err := tls.X509KeyPair(text.Bytes(), text.Bytes())
	if err != nil {
		return cert, fmt.Errorf("%s: it is no key with its certificate: %w", s.File, err)
	}
	return cert, nil
}

// loadTrustStore reads a store with the certificates of those who vouch for others.
func loadTrustStore(s zoocfg.Store) (*x509.CertPool, error) {
	all, err := readStore(s, trustOfPEM, trustOfJKS, trustOfPKCS12)
	if err != nil {
		return nil, err
	}
	pool, some := x509.NewCertPool(), false
	for _, b := range all {
		cert, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.File, err)
		}
		pool.AddCert(cert)
		some = true
	}
	if !some {
		return nil, fmt.Errorf("%s: there is no certificate in it", s.File)
	}
	return pool, nil
}

// reader takes what is wanted from a store of one form.
type reader func(data []byte, password string) (blocks, error)

// readStore reads a store of any form.
func readStore(s zoocfg.Store, fromPEM, fromJKS, fromPKCS12 reader) (blocks, error) {
	data, err := os.ReadFile(s.File)
	if err != nil {
		return nil, err
	}
	password := s.Password
	if s.PasswordFile != "" {
		text, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, err
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	read := fromPEM
	switch {
	case s.Binary && bytes.HasPrefix(data, jksMagic):
		read = fromJKS
	case s.Binary:
		read = fromPKCS12
	}
	all, err := read(data, password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	return all, nil
}

// trustOfPEM takes certificates.
func trustOfPEM(data []byte, _ string) (all blocks, err error) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return all, nil
		}
		if b.Type == blockCert {
			all = append(all, b)
		}
	}
}

// keyOfPEM takes certificates and keys, of which an encrypted one is decrypted.
func keyOfPEM(data []byte, password string) (all blocks, err error) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return all, nil
		}
		switch {
		case b.Type == blockEncrypted:
			if b, err = decrypt(b.Bytes, password); err != nil {
				return nil, err
			}
		case strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, errors.New("the key is encrypted in a form that is easily broken: convert it, with openssl " +
				"pkcs8 -topk8")
		}
		all = append(all, b)
	}
}

// decrypt decrypts a key in PKCS#8.
func decrypt(der []byte, password string) (*pem.Block, error) {
	if password == "" {
		return nil, errors.New("the key is encrypted, and there is no password (keyStore.password)")
	}
	key, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(password))
	if err != nil {
		return nil, fmt.Errorf("the key can't be decrypted: %w", err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	return &pem.Block{Type: blockKey, Bytes: plain}, err
}

// openJKS opens a store of that form.
func openJKS(data []byte, password string) (keystore.KeyStore, error) {
	store := keystore.New(keystore.WithOrderedAliases())
	return store, store.Load(bytes.NewReader(data), []byte(password))
}

// keyOfJKS takes the first key with its certificates.
func keyOfJKS(data []byte, password string) (blocks, error) {
	store, err := openJKS(data, password)
	if err != nil {
		return nil, err
	}
	for _, alias := range store.Aliases() {
		if !store.IsPrivateKeyEntry(alias) {
			continue
		}
		entry, err := store.GetPrivateKeyEntry(alias, []byte(password))
		if err != nil {
			return nil, err
		}
		all := blocks{{Type: blockKey, Bytes: entry.PrivateKey}}
		for _, c := range entry.CertificateChain {
			all = append(all, &pem.Block{Type: blockCert, Bytes: c.Content})
		}
		return all, nil
	}
	return nil, errors.New("there is no key in it")
}

// trustOfJKS takes the certificates that are trusted.
func trustOfJKS(data []byte, password string) (all blocks, err error) {
	store, err := openJKS(data, password)
	if err != nil {
		return nil, err
	}
	for _, alias := range store.Aliases() {
		if !store.IsTrustedCertificateEntry(alias) {
			continue
		}
		entry, err := store.GetTrustedCertificateEntry(alias)
		if err != nil {
			return nil, err
		}
		all = append(all, &pem.Block{Type: blockCert, Bytes: entry.Certificate.Content})
	}
	return all, nil
}

// keyOfPKCS12 takes the key with its certificates.
func keyOfPKCS12(data []byte, password string) (blocks, error) {
	key, cert, chain, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return append(blocks{{Type: blockKey, Bytes: der}}, certBlocks(append([]*x509.Certificate{cert}, chain...))...), err
}

// trustOfPKCS12 takes the certificates that Java trusts.
func trustOfPKCS12(data []byte, password string) (blocks, error) {
	certs, err := pkcs12.DecodeTrustStore(data, password)
	return certBlocks(certs), err
}

func certBlocks(certs []*x509.Certificate) (all blocks) {
	for _, c := range certs {
		all = append(all, &pem.Block{Type: blockCert, Bytes: c.Raw})
	}
	return all
}
