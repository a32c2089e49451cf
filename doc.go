// Package ordeal puts ordeal's own coordination service on trial from within Go tests: the front door. See package testbed
// for services of others.
package ordeal
