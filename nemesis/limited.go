package nemesis

// Limited is a World that can't do everything to its machines, and knows what before it is asked.
type Limited interface {
	// Unable says why a fault can't be carried out; "" if it can. Its step is then skipped.
	Unable(f Fault) (why string)
}

// unable is why the world can't carry a fault out; "" if it can.
func (r *Runner) unable(f Fault) string {
	if w, ok := r.world.(Limited); ok {
		return w.Unable(f)
	}
	return ""
}
