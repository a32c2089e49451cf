package zoocfg

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What restricts who may come in, or what may be done, is served as it is asked for, or the server does not start: one
// that passed such a line over would be open to those whom its owner meant to keep out.

// Schemes by which a client can be demanded to be known.
const (
	schemeDigest = "digest"
	schemeIP     = "ip"
	schemeX509   = "x509"
)

// noSASL is why what rests on SASL can't be had.
const noSASL = "SASL is not served, and without it the server would be open"

// noAdminTLS is why operators can't be held to TLS.
const noAdminTLS = "the HTTP server for operators has no TLS; admin.serverAddress can bind it to loopback"

// restrictions are the keys that restrict access.
func (p *parser) restrictions() map[string]setting {
	return map[string]setting{
		"enforce.auth.enabled": boolean(&p.enforceAuth),
		"enforce.auth.schemes": words(&p.authSchemes),

		"sessionRequireClientSASLAuth":  onlyOff(noSASL),
		"requireClientAuthScheme":       never(noSASL),
		"quorum.auth.enableSasl":        onlyOff(noSASL + ": servers are known by their certificates, with sslQuorum"),
		"quorum.auth.serverRequireSasl": onlyOff(noSASL + ": servers are known by their certificates, with sslQuorum"),
		"quorum.auth.learnerRequireSasl": onlyOff(noSASL + ": servers are known by their certificates, with " +
			"sslQuorum"),

		"DigestAuthenticationProvider.enabled":   onlyOn("the scheme digest can't be switched off"),
		"DigestAuthenticationProvider.digestAlg": only("no other hash is made of passwords", "SHA1"),
		"X509AuthenticationProvider.clientCertIdType": only("clients are known by the subjects of their certificates",
			"SUBJECT"),
		"ensembleAuthName": never("the scheme ensemble is not there: no client would be turned away that names another"),

		"ssl.crl":         onlyOff("certificates that were revoked are not recognised"),
		"ssl.ocsp":        onlyOff("certificates that were revoked are not recognised"),
		"ssl.quorum.crl":  onlyOff("certificates that were revoked are not recognised"),
		"ssl.quorum.ocsp": onlyOff("certificates that were revoked are not recognised"),

		"com.sun.net.ssl.checkRevocation": onlyOff("certificates that were revoked are not recognised"),

		"ssl.ciphersuites":                  never("the ciphers are those of Go's TLS"),
		"ssl.quorum.ciphersuites":           never("the ciphers are those of Go's TLS"),
		"ssl.context.supplier.class":        never("certificates are judged by Go's TLS alone"),
		"ssl.quorum.context.supplier.class": never("certificates are judged by Go's TLS alone"),
		"ssl.authProvider":                  only("certificates are judged by Go's TLS alone", schemeX509),
		"admin.forceHttps":                  onlyOff(noAdminTLS),
		"admin.needClientAuth":              onlyOff(noAdminTLS),
	}
}

// onlyOff takes false, and for true says why it can't be had.
func onlyOff(why string) setting { return onlyBoolean(false, why) }

// onlyOn takes true, and for false says why it can't be had.
func onlyOn(why string) setting { return onlyBoolean(true, why) }

func onlyBoolean(want bool, why string) setting {
	return func(value string) error {
		var on bool
		if err := boolean(&on)(value); err != nil {
			return err
		}
		if on != want {
			return errors.New(why)
		}
		return nil
	}
}

// only takes one value, whose letters may be small or capital, and for any other says why it can't be had.
func only(why, want string) setting {
	return func(value string) error {
		if !strings.EqualFold(value, want) {
			return fmt.Errorf("%s: %q can't be had, only %s", why, value, want)
		}
		return nil
	}
}

// never says why no value can be had.
func never(why string) setting { return func(string) error { return errors.New(why) } }

// providerPrefix is what keys of providers begin with; a name of the owner's choice follows.
const providerPrefix = "authProvider."

// provider takes the class of a provider of a scheme. Those that are built in are there in any case; of others no rule
// would be kept.
func (p *parser) provider(class string) error {
	switch class[strings.LastIndexByte(class, '.')+1:] {
	case "DigestAuthenticationProvider", "IPAuthenticationProvider", "X509AuthenticationProvider":
	case "SASLAuthenticationProvider":
		p.warn(p.key, "is not used here: no client can be known by SASL, and an ACL that names the scheme is refused")
	default:
		return fmt.Errorf("%q is not there, and whom it would turn away would be let in", class)
	}
	return nil
}

// checkAuth finds a demand that could not be kept, or that no client could meet.
func (p *parser) checkAuth() error {
	if !p.enforceAuth {
		return nil
	}
	at := func(key string) string {
		if n := p.lines[key]; n > 0 {
			return fmt.Sprintf("%d: %s", n, key)
		}
		return " " + flagsName + ": " + key
	}
	if len(p.authSchemes) == 0 {
		return fmt.Errorf("%s needs enforce.auth.schemes", at("enforce.auth.enabled"))
	}
	for _, scheme := range p.authSchemes {
		switch {
		case !slices.Contains([]string{schemeDigest, schemeIP, schemeX509}, scheme):
			return fmt.Errorf("%s: the scheme %q is not served: it must be digest, x509 or ip", at("enforce.auth.schemes"),
				scheme)
		case scheme == schemeX509 && p.SecureClientAddr == "":
			return fmt.Errorf("%s: no client can be known by x509 without secureClientPort", at("enforce.auth.schemes"))
		}
	}
	p.EnforceAuth = p.authSchemes
	return nil
}
