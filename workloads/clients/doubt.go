package clients

// Doubt is an operation of which its client does not know whether it took effect, and the requests that it made: the
// simulator sees whether the service applied them.
type Doubt struct {
	// Index is that of the info event in the history.
	Index int
	// Path is the object's; "" if it is about several, which it then does with one multi.
	Path string
	// The requests are those of Session with numbers behind Before, up to Last. Behind the largest number comes 1.
	Session      int64
	Before, Last int32
}

// Made says whether a request of the session is one of the operation's.
func (u Doubt) Made(xid int32) bool {
	if u.Before <= u.Last {
		return u.Before < xid && xid <= u.Last
	}
	return u.Before < xid || xid <= u.Last
}
