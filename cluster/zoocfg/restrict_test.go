package zoocfg

import (
	"slices"
	"strings"
	"testing"
)

// TestRestrictions has what restricts access served as it is asked for, or refused with its line.
func TestRestrictions(t *testing.T) {
	const base = "dataDir=/d\nclientPort=1\n"
	const secure = "secureClientPort=2\nssl.keyStore.location=/k\nssl.trustStore.location=/t\n"
	for text, want := range map[string]string{
		"enforce.auth.enabled=true":                                     ":3: enforce.auth.enabled needs",
		"enforce.auth.enabled=yes":                                      `:3: enforce.auth.enabled: "yes" is not`,
		"enforce.auth.enabled=true\nenforce.auth.schemes=sasl":          `:4: enforce.auth.schemes: the scheme "sasl" is not`,
		"enforce.auth.enabled=true\nenforce.auth.schemes=digest, super": `:4: enforce.auth.schemes: the scheme "super" is`,
		"enforce.auth.enabled=true\nenforce.auth.schemes=x509":          ":4: enforce.auth.schemes: no client can be",

		"sessionRequireClientSASLAuth=true":                  ":3: sessionRequireClientSASLAuth: SASL is not served",
		"zookeeper.sessionRequireClientSASLAuth=TRUE":        ":3: sessionRequireClientSASLAuth: SASL is not served",
		"requireClientAuthScheme=sasl":                       ":3: requireClientAuthScheme: SASL is not served",
		"quorum.auth.enableSasl=true":                        ":3: quorum.auth.enableSasl: SASL is not served",
		"quorum.auth.serverRequireSasl=true":                 ":3: quorum.auth.serverRequireSasl: SASL is not",
		"quorum.auth.learnerRequireSasl=true":                ":3: quorum.auth.learnerRequireSasl: SASL is not",
		"DigestAuthenticationProvider.enabled=false":         ":3: DigestAuthenticationProvider.enabled: the scheme",
		"DigestAuthenticationProvider.digestAlg=SHA3-256":    ":3: DigestAuthenticationProvider.digestAlg: no other",
		"X509AuthenticationProvider.clientCertIdType=SAN":    ":3: X509AuthenticationProvider.clientCertIdType: clients",
		"ensembleAuthName=a":                                 ":3: ensembleAuthName: the scheme ensemble is not there",
		"authProvider.1=org.example.Ours":                    `:3: authProvider.1: "org.example.Ours" is not there`,
		"ssl.crl=true":                                       ":3: ssl.crl: certificates that were revoked",
		"ssl.ocsp=true":                                      ":3: ssl.ocsp: certificates that were revoked",
		"ssl.quorum.crl=true":                                ":3: ssl.quorum.crl: certificates that were revoked",
		"ssl.quorum.ocsp=true":                               ":3: ssl.quorum.ocsp: certificates that were revoked",
		"ssl.ciphersuites=TLS_AES_128_GCM_SHA256":            ":3: ssl.ciphersuites: the ciphers are those of Go's TLS",
		"ssl.quorum.ciphersuites=TLS_AES_128_GCM_SHA256":     ":3: ssl.quorum.ciphersuites: the ciphers are those of",
		"ssl.context.supplier.class=org.example.Ours":        ":3: ssl.context.supplier.class: certificates are judged",
		"ssl.quorum.context.supplier.class=org.example.Ours": ":3: ssl.quorum.context.supplier.class: certificates are",
		"ssl.authProvider=ours":                              ":3: ssl.authProvider: certificates are judged by Go's TLS",
		"admin.forceHttps=true":                              ":3: admin.forceHttps: the HTTP server for operators has",
		"admin.needClientAuth=true":                          ":3: admin.needClientAuth: the HTTP server for operators",
	} {
		_, err := Parse("zoo.cfg", []byte(base+text))
		if err == nil || !strings.HasPrefix(err.Error(), "zoo.cfg"+want) {
			t.Errorf("%s: got %v, want zoo.cfg%s...", text, err, want)
		}
	}
	for text, want := range map[string][]string{
		"enforce.auth.enabled=true\nenforce.auth.schemes=digest":                                      {"digest"},
		"enforce.auth.enabled=True\nenforce.auth.schemes= digest ,ip":                                 {"digest", "ip"},
		secure + "enforce.auth.enabled=true\nenforce.auth.schemes=x509":                               {"x509"},
		"enforce.auth.enabled=false\nenforce.auth.schemes=sasl":                                       nil,
		"sessionRequireClientSASLAuth=false\nquorum.auth.enableSasl=false":                            nil,
		"ssl.crl=false\nssl.authProvider=x509\nadmin.forceHttps=false":                                nil,
		"DigestAuthenticationProvider.enabled=true\nauthProvider.x509=a.b.X509AuthenticationProvider": nil,
		"DigestAuthenticationProvider.digestAlg=SHA1\nquorum.auth.learnerRequireSasl=false":           nil,
	} {
		c, err := Parse("zoo.cfg", []byte(base+text))
		if err != nil || !slices.Equal(c.EnforceAuth, want) || len(c.Warnings) > 0 {
			t.Errorf("%s: got %q, %v, %q, want %q", text, c.EnforceAuth, err, c.Warnings, want)
		}
	}
}

// TestSwitches has what only yes or true means yes or true.
func TestSwitches(t *testing.T) {
	for text, want := range map[string]Config{
		"skipACL=true":             {},
		"skipACL=YES":              {},
		"extendedTypesEnabled=yes": {},
		"enforceQuota=1":           {},
		"readonlymode.enabled=yes": {},
		"leaderServes=no":          {},
		"forceSync=No":             {},
		"snapCount=0":              {SnapCount: 2},
		"authProvider.1=a.SASLAuthenticationProvider": {},
	} {
		c, err := Parse("zoo.cfg", []byte("dataDir=/d\nclientPort=1\n"+text))
		if err != nil || len(c.Warnings) != 1 || c.SkipACL || c.ExtendedTypes || c.EnforceQuota || c.ReadOnlyMode ||
			c.SnapCount != want.SnapCount {
			t.Errorf("%s: got %+v, %v", text, c, err)
		}
	}
}
