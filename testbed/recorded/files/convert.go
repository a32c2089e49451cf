package files

import (
	"io"

	"ordeal/history"
	"ordeal/history/formats"
)

// Convert writes what is left of a history in another format, "jsonl" or "edn"; model is what the head of jsonl names,
// or "" for what the file says. The first event is read before anything is written: a file that ordeal wrote says
// before it what it is, and one that holds no history leaves nothing behind.
func Convert(file *formats.File, out io.Writer, to, model string) error {
	var op history.Op
	if err := file.Next(&op); err != nil {
		return err
	}
	w := history.NewEDNWriter(out)
	if to == "jsonl" {
		w = history.NewJSONLWriter(out, head(file, model))
	}
	for {
		if err := w.Write(op); err != nil {
			return err
		}
		err := file.Next(&op)
		if err == io.EOF {
			return w.Close()
		}
		if err != nil {
			return err
		}
	}
}

func head(file *formats.File, model string) history.Head {
	h, own := file.Head()
	if model != "" {
		h.Model = model
	}
	if meaning, _ := file.Nil(); !own && meaning == "unknown" {
		h.Nil = meaning
	}
	return h
}
