package main

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
)

// digestOf is the id that the scheme digest makes of user:password.
func digestOf(claim string) string {
	user, _, _ := strings.Cut(claim, ":")
	sum := sha1.Sum([]byte(claim))
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}
