package reports

// Remembered is a kind of finding that campaigns remember.
type Remembered struct {
	ID, State, Rule string
	// Open says that it is there, as far as is known.
	Open bool
	// First and Last are commits: when it was first seen, and as of which State is.
	First, Last string
	// Reason and Line are those of the smallest trial that was seen to show it; Replay is the command to paste.
	Reason, Line, Replay string
	Operations, Faults   int64
}

// findingsView is what the page of remembered findings shows.
type findingsView struct {
	Title          string
	Open, Resolved []Remembered
}

// FindingsPage is the page over what campaigns remember: what is there first, then what is resolved.
func FindingsPage(title string, all []Remembered) ([]byte, error) {
	view := findingsView{Title: title}
	for _, one := range all {
		if one.Open {
			view.Open = append(view.Open, one)
		} else {
			view.Resolved = append(view.Resolved, one)
		}
	}
	return render("findings.html", view)
}
