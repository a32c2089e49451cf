package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"

	"ordeal/cluster/zoocfg"
)

// tlsVersions are the names that Java has for them.
var tlsVersions = map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}

// loadTLS reads keys and certificates, and makes of them both ends' side of a connection.
func loadTLS(c zoocfg.TLS) (*tls.Config, error) {
	cert, err := loadKeyStore(c.KeyStore)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if c.TrustStore.File != "" {
		if config.ClientCAs, err = loadTrustStore(c.TrustStore); err != nil {
			return nil, err
		}
		config.RootCAs = config.ClientCAs
	}
	switch c.ClientAuth {
	case "none":
	case "want":
		config.ClientAuth = tls.VerifyClientCertIfGiven
	default:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if len(c.Protocols) > 0 {
		config.MinVersion, config.MaxVersion = tls.VersionTLS13, tls.VersionTLS12
		for _, name := range c.Protocols {
			config.MinVersion = min(config.MinVersion, tlsVersions[name])
			config.MaxVersion = max(config.MaxVersion, tlsVersions[name])
		}
	}
	if !c.VerifyHost {
		trustAnyName(config)
	}
	return config, nil
}

// trustAnyName has the side that calls check who vouches for the other, and not the other's name.
func trustAnyName(config *tls.Config) {
	config.InsecureSkipVerify = true // what is skipped is done here, but for the name
	config.VerifyConnection = func(s tls.ConnectionState) error {
		if len(s.VerifiedChains) > 0 {
			return nil // this is the called side, which has verified
		}
		if len(s.PeerCertificates) == 0 {
			if config.ClientAuth != tls.RequireAndVerifyClientCert {
				return nil // a client that need not show one; a server always does
			}
			return errors.New("it shows no certificate")
		}
		options := x509.VerifyOptions{Roots: config.RootCAs, Intermediates: x509.NewCertPool(),
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		for _, cert := range s.PeerCertificates[1:] {
			options.Intermediates.AddCert(cert)
		}
		_, err := s.PeerCertificates[0].Verify(options)
		return err
	}
}
