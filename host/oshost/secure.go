package oshost

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
)

// secure makes a TLS connection of a client's, on the server's side, and records who the client has proved to be.
func (c *conn) secure(nc net.Conn, config *tls.Config) (net.Conn, error) {
	tc := tls.Server(nc, config)
	patience, stop := context.WithTimeout(c.live, c.m.cfg.Patience)
	defer stop()
	if err := tc.HandshakeContext(patience); err != nil {
		return nil, fmt.Errorf("no TLS came about: %w", err)
	}
	c.identities, c.encrypted = identities(tc.ConnectionState()), true
	return tc, nil
}

// identities are the subjects of the certificate that the other end showed, if a trusted authority has signed it.
func identities(s tls.ConnectionState) []string {
	if len(s.VerifiedChains) == 0 {
		return nil
	}
	// The parsed name has forgotten the order of its parts; the raw one has not.
	var subject pkix.RDNSequence
	if rest, err := asn1.Unmarshal(s.PeerCertificates[0].RawSubject, &subject); err != nil || len(rest) > 0 {
		return nil
	}
	return []string{subject.String()}
}

// Identities implements host.Identified.
func (c *conn) Identities() []string { return c.identities }

// Encrypted implements host.Encrypted.
func (c *conn) Encrypted() bool { return c.encrypted }

// dialTLS makes a TLS connection of one that was dialled at address.
func dialTLS(ctx context.Context, nc net.Conn, address string, config *tls.Config) (net.Conn, error) {
	if config.ServerName == "" {
		name, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		config = config.Clone()
		config.ServerName = name
	}
	tc := tls.Client(nc, config)
	patience, stop := context.WithTimeout(ctx, dialTimeout)
	defer stop()
	if err := tc.HandshakeContext(patience); err != nil {
		return nil, fmt.Errorf("no TLS came about with %s: %w", address, err)
	}
	return tc, nil
}
