package etcd

// What Config.Saw is told.
const (
	sawResumed        = "key-watch-resumed"
	sawCompactedWatch = "key-watch-compacted"
	sawProgress       = "key-watch-progress"
	sawUser           = "key-user-known"
	sawNoSpace        = "key-no-space"
	sawFragment       = "key-watch-fragment"
)

// Items are what clients may have come to, with what that is.
func Items() [][2]string {
	return [][2]string{
		{sawResumed, "a watch of keys began at a revision: in the past, or behind what it was told of before"},
		{sawCompactedWatch, "a watch of keys was ended, since what it was to be told of next was compacted"},
		{sawProgress, "a client was told how far its watches of keys are"},
		{sawUser, "a client said who it is to be given keys"},
		{sawNoSpace, "a client was refused for want of space, or for an alarm that says so"},
		{sawFragment, "a watch of keys was told of something in several messages"},
	}
}
