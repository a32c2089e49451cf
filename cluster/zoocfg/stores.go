package zoocfg

import (
	"fmt"
	"path/filepath"
	"strings"
)

// storeSettings are the keys of one store.
func storeSettings(s map[string]setting, prefix string, store *Store) {
	typed := false
	s[prefix+"location"] = func(value string) error {
		if !typed { // the ending says, unless the type does
			if err := store.setType(strings.TrimPrefix(strings.ToLower(filepath.Ext(value)), ".")); err != nil {
				return fmt.Errorf("%s: %w", value, err)
			}
		}
		return text(&store.File)(value)
	}
	s[prefix+"type"] = func(value string) error {
		typed = true
		if err := oneOf(func(string) {}, "pem", "jks", "pkcs12", "bcfks")(value); err != nil {
			return err
		}
		return store.setType(strings.ToLower(value))
	}
	s[prefix+"password"] = text(&store.Password)
	s[prefix+"passwordPath"] = text(&store.PasswordFile)
}

// setType takes ZooKeeper's word for a type, or a file's ending. A file that does not end as any type is in PEM form.
func (s *Store) setType(name string) error {
	switch name {
	case "jks", "pkcs12", "p12":
		s.Binary = true
	case "bcfks":
		return fmt.Errorf("a store in the form BCFKS is not read: it must be PEM, JKS or PKCS12")
	default:
		s.Binary = false
	}
	return nil
}
