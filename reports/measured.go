package reports

// Measured is what was measured of a service, as a page shows it: part by part, a plot and tables.
type Measured struct {
	// Title is the head of the page, About a sentence below it, and Command what measures the same again.
	Title, About, Command string
	// Figures are those that stand in front of all.
	Figures []Figure
	Parts   []MeasuredPart
}

// Figure is a number and what it counts.
type Figure struct{ Value, What string }

// MeasuredPart is a section of the page.
type MeasuredPart struct {
	Name, About string
	Plots       []File
	Tables      []Table
}

// Table is a table of text. Its first column is words, the others are numbers.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// measuredView is what the page is given.
type measuredView struct {
	Measured
	Parts []measuredPartView
}

type measuredPartView struct {
	MeasuredPart
	Plots []plotView
}

// Page is the page over what was measured. It is one file that fetches nothing.
func (m Measured) Page() ([]byte, error) {
	view := measuredView{Measured: m}
	for _, part := range m.Parts {
		one := measuredPartView{MeasuredPart: part}
		for _, f := range part.Plots {
			one.Plots = append(one.Plots, inPage(f.About, f.Data))
		}
		view.Parts = append(view.Parts, one)
	}
	return render("measured.html", view)
}
