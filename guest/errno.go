package guest

import (
	"errors"
	"io/fs"

	"ordeal/host"
)

// errno is an error as WASI numbers them, or a result of another kind.
type errno uint32

// The numbers, by preview 1 of WASI.
const (
	eAgain       errno = 6
	eBadf        errno = 8
	eAddrInUse   errno = 3
	eConnRefused errno = 14
	eConnReset   errno = 15
	eExist       errno = 20
	eFault       errno = 21
	eHostUnreach errno = 23
	eInval       errno = 28
	eIO          errno = 29
	eIsDir       errno = 31
	eMFile       errno = 33
	eMsgSize     errno = 35
	eNoEnt       errno = 44
	eNoSpc       errno = 51
	eNotConn     errno = 53
	eNotDir      errno = 54
	eNotEmpty    errno = 55
	eNotSup      errno = 58
	ePipe        errno = 64
	eROFS        errno = 69
	eSPipe       errno = 70
	eTimedOut    errno = 73
)

// numbers are what the errors of a kernel are to a program.
var numbers = []struct {
	err error
	no  errno
}{
	{host.ErrWait, eAgain}, {host.ErrRefused, eConnRefused}, {host.ErrReset, eConnReset}, {host.ErrTimeout, eTimedOut},
	{host.ErrShut, ePipe}, {host.ErrInUse, eAddrInUse}, {host.ErrTooLong, eMsgSize}, {host.ErrTooMany, eMFile},
	{host.ErrNotDir, eNotDir}, {host.ErrIsDir, eIsDir}, {host.ErrNotEmpty, eNotEmpty}, {host.ErrFull, eNoSpc},
	{host.ErrDisk, eIO}, {fs.ErrNotExist, eNoEnt}, {fs.ErrExist, eExist}, {fs.ErrInvalid, eInval},
	{fs.ErrClosed, eBadf},
}

// numberOf is 0 for nil.
func numberOf(err error) errno {
	if err == nil {
		return 0
	}
	for _, n := range numbers {
		if errors.Is(err, n.err) {
			return n.no
		}
	}
	return eIO
}
