//go:build !linux

package main

import "errors"

func mountTiny(string, int) error { return errors.ErrUnsupported }

func unmountTiny(string) error { return nil }
