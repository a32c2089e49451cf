package client

import "ordeal/cluster/wire"

// What tests of the package's outside look at inside.

// ChrootRequest is a request as servers get it from a client with a chroot.
func ChrootRequest(root string, req wire.Request) wire.Request { return chroot(root).request(req) }

// ChrootResponse is an answer as a client with a chroot gets it.
func ChrootResponse(root string, answer wire.Response) wire.Response {
	return chroot(root).response(answer)
}
