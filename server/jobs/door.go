package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

// door is the page to browsers. Whoever can reach it may look. What changes something comes from the page itself and
// has the token, in a field of the form: no cookie and no header that a browser adds by itself opens anything.
type door struct {
	clerk *clerk
	page  Page
}

// notTheToken is what whoever has another is told.
const notTheToken = "Nothing was changed: that is not the token, which `ordeal jobs` says when it begins."

// formMax is how many bytes a form may have.
const formMax = 4096

// handler answers for the page. Requests by another host's name are refused, so that whose name leads here can't read
// with the browser of one who may; those that change something are refused if another page has made them.
func (d door) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { d.show(w, r, http.StatusOK, "") })
	mux.HandleFunc("POST /{$}", d.change)
	for name, kind := range map[string]string{"page.css": "text/css; charset=utf-8",
		"page.js": "text/javascript; charset=utf-8", "page.svg": "image/svg+xml"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) {
			data, err := pageFiles.ReadFile("page/" + name)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(data)
		})
	}
	inside := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		if !d.named(r.Host) {
			http.Error(w, "this page is not known by that host's name: see --http-name", http.StatusMisdirectedRequest)
			return
		}
		inside.ServeHTTP(w, r)
	})
}

// guard says to browsers that nothing but the page's own is loaded, and that no other page may have it in itself.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// named says whether a request's host is one by which the page may be asked for.
func (d door) named(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return net.ParseIP(host) != nil || strings.EqualFold(host, "localhost") ||
		slices.ContainsFunc(d.page.Names, func(n string) bool { return strings.EqualFold(n, host) })
}

// view is what the template is given.
type view struct {
	*board
	Said, Match                string
	Matching                   int // jobs, of which Jobs has the first
	MoreInstances, MoreForeign int
}

// show answers with the page, and says something above it.
func (d door) show(w http.ResponseWriter, r *http.Request, status int, said string) {
	if err := d.clerk.fill(r.Context(), new(order), lookWait); errors.Is(err, errBusy) {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	b := *d.clerk.board.Load()
	v := view{board: &b, Said: said, Match: r.URL.Query().Get("match")}
	b.Jobs = slices.DeleteFunc(slices.Clone(b.Jobs), func(j jobRow) bool { return !strings.Contains(j.Name, v.Match) })
	v.Matching = len(b.Jobs)
	b.Jobs = b.Jobs[:min(len(b.Jobs), jobRows)]
	v.MoreInstances, v.MoreForeign = len(b.Instances)-instanceRows, len(b.Foreign)-foreignRows
	b.Instances = b.Instances[:min(len(b.Instances), instanceRows)]
	b.Foreign = b.Foreign[:min(len(b.Foreign), foreignRows)]
	var out bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&out, "page.html", v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// deeds are what a form may ask for, and what is said when it is done. To try the token is none of them.
var deeds = map[string]struct {
	said string
	do   changer
}{
	"pause": {"paused", (*schedule.Admin).Pause}, "resume": {"resumed", (*schedule.Admin).Resume},
	"trigger": {"asked for", (*schedule.Admin).Trigger},
}

// change does what a form asks for: do has a deed and a job's name.
func (d door) change(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formMax)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "that is no form of this page", http.StatusBadRequest)
		return
	}
	if !same(r.PostForm.Get("token"), d.page.Token) {
		d.show(w, r, http.StatusForbidden, notTheToken)
		return
	}
	what, name, _ := strings.Cut(r.PostForm.Get("do"), " ")
	deed, known := deeds[what]
	switch {
	case what == "try":
		d.show(w, r, http.StatusOK, "That is the token.")
		return
	case !known || name == "":
		http.Error(w, "pause, resume and trigger are what this page does", http.StatusBadRequest)
		return
	}
	o := &order{do: func(a *schedule.Admin) error {
		_, outcome, err := deed.do(a, name, d.clerk.cfg.SessionTimeout)
		if outcome == recipes.Unknown {
			return fmt.Errorf("it is not known what became of it: %w", err)
		}
		return err
	}}
	switch err := d.clerk.fill(r.Context(), o, orderWait); {
	case err == nil:
		d.clerk.cfg.Logger.Info("jobs: changed by the page", "job", name, "deed", what, "from", r.RemoteAddr)
		d.show(w, r, http.StatusOK, name+": "+deed.said+".")
	case errors.Is(err, schedule.ErrNoJob):
		d.show(w, r, http.StatusNotFound, fmt.Sprintf("%.80q: %v.", name, err))
	case errors.Is(err, schedule.ErrTooMany):
		d.show(w, r, http.StatusConflict, name+": "+err.Error()+".")
	case errors.Is(err, context.DeadlineExceeded):
		d.show(w, r, http.StatusGatewayTimeout, name+": the servers have not answered; it may be done yet.")
	default:
		d.show(w, r, http.StatusServiceUnavailable, name+": "+err.Error()+".")
	}
}

// same compares secrets in a time that tells nothing of them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
