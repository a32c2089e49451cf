package timeline

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"ordeal/reports"
)

//go:embed page
var files embed.FS

// scripts are the parts of the page's script, in the order in which they are needed.
var scripts = []string{
	"data.js", "view.js", "standing.js", "lanes.js", "draw.js", "paint.js", "find.js", "panel.js", "main.js",
}

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"seconds": seconds,
}).ParseFS(files, "page/page.html"))

// pageView is what the template of the page is given.
type pageView struct {
	Timeline
	Outcome reports.Outcome
	Reason  string
	Style   template.CSS
}

// Page is the page of a timeline.
func (t Timeline) Page() ([]byte, error) {
	view := pageView{
		Timeline: t, Outcome: t.outcome(), Reason: t.Trial.Reason(), Style: template.CSS(static("page.css")),
	}
	var out bytes.Buffer
	if err := page.Execute(&out, view); err != nil {
		return nil, fmt.Errorf("the page of %q: %w", t.Trial.Line, err)
	}
	out.WriteString(`<script type="application/json" id="data">`)
	// The template would copy and look through what needs neither.
	end := "</script>\n<script>\n" + script() + "</script>\n</body>\n</html>\n"
	data, err := t.appendData(out.Bytes(), len(end))
	if err != nil {
		return nil, err
	}
	return append(data, end...), nil
}

// outcome is that of the trial; of two runs there is none.
func (t Timeline) outcome() reports.Outcome {
	if t.Runs != nil {
		return ""
	}
	return t.Trial.Outcome()
}

// script is the page's script as one function, so that its names are its own.
var script = sync.OnceValue(func() string {
	var b strings.Builder
	b.WriteString("'use strict';\n(() => {\n")
	for _, name := range scripts {
		b.WriteString(static(name))
	}
	b.WriteString("})();\n")
	return b.String()
})

// static is a part of the page that is the same in all.
func static(name string) string {
	data, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(fmt.Sprintf("the program was built without a part of its page: %v", err))
	}
	return string(data)
}

// seconds writes an instant, to the millisecond.
func seconds(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%d.%03d s", ms/1000, ms%1000)
}
