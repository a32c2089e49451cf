package recipes

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// A configuration has settings, a gray release or none, and revisions. It is empty at the start, at revision 0.
//
//	F         argument                   ok result                    then
//	publish   [id changes]               [revision zxid]              the settings are changed
//	try       [id share changes]         [revision zxid]              a gray release has the changes
//	widen     [id share]                 [revision zxid]              the gray release has another share
//	promote   [id]                       [revision zxid]              the settings have its changes, and it is over
//	withdraw  [id]                       [revision zxid]              it is over
//	rollback  [id revision]              [revision zxid]              settings as behind that one, no gray release
//	look      nil                        [revision view]              -
//	cached    nil                        [revision view since]        -: it was so at some instant since that event
//	history   nil                        [[revision id] …]            -: which change made which revision, all of them
//	serves    instance                   [release share has]          -: not of the model, see checker.Shares
//
// changes are [name value] each, with nil for a setting that goes. A view is [zxid id settings gray]: the last change's
// transaction and id, [[name value] …] by name, and [release share changes] or nil. widen, promote and withdraw of no
// gray release fail. Each id is one change's.

// ConfigRevision is what a change has made: its id, its transaction (the least that it can be, unless Exact), and what
// there is behind it.
type ConfigRevision struct {
	ID, Zxid       int64
	Exact          bool
	Settings, Gray string
}

// ConfigState is the revisions that were made.
type ConfigState struct{ Made []ConfigRevision }

// ConfigInput is a request.
type ConfigInput struct {
	F        string
	ID       int64
	Share    int64
	Revision int64 // that a rollback goes to
	Changes  []ConfigSetting
}

// ConfigSetting is a setting, or a change of one: gone says that there is none.
type ConfigSetting struct {
	Name, Value string
	Gone        bool
}

// ConfigOutput is an answer. IDs are those of a history, from the first revision on. A change of which it is unknown
// whether it took effect may say by which Revision, if it did; 0 says nothing.
type ConfigOutput struct {
	Unknown        bool
	Revision       int64
	ID, Zxid       int64
	Settings, Gray string
	IDs            []int64
}

// ConfigCall is an operation on a configuration.
type ConfigCall = model.Call[ConfigInput, ConfigOutput]

// Config is the specification of a configuration.
func Config() model.Spec[ConfigState, ConfigInput, ConfigOutput] {
	return model.Spec[ConfigState, ConfigInput, ConfigOutput]{
		Name:  "config",
		Step:  stepConfig,
		Equal: func(a, b ConfigState) bool { return slices.Equal(a.Made, b.Made) },
		Hash: func(s ConfigState) uint64 {
			h := uint64(len(s.Made))
			for _, r := range s.Made {
				h = mix(h, uint64(r.ID))
			}
			return h
		},
		Size:  func(s ConfigState) int { return 80 * len(s.Made) },
		Parse: parseConfig,
		Prune: func(calls []ConfigCall, _ []history.Operation) []ConfigCall {
			return slices.DeleteFunc(slices.Clone(calls), func(c ConfigCall) bool {
				return c.In.F == "serves" || c.Out.Unknown && !c.In.Writes()
			})
		},
		Relax: func(c ConfigCall) (ConfigCall, bool) {
			c.Out.Unknown, c.Op = true, unknown(c.Op)
			return c, c.In.Writes()
		},
		DescribeState: func(s ConfigState) string { return fmt.Sprint(s.Made) },
	}
}

// Writes says whether the request changes something.
func (in ConfigInput) Writes() bool {
	return in.F != "look" && in.F != "cached" && in.F != "history" && in.F != "serves"
}

func stepConfig(s ConfigState, in ConfigInput, out ConfigOutput) (ConfigState, bool) {
	if in.Writes() {
		r, ok := NextRevision(s.Made, in)
		told := !out.Unknown || out.Revision != 0
		if !ok || told && (out.Revision != int64(len(s.Made))+1 || out.Zxid < r.Zxid) {
			return s, out.Unknown
		}
		if told {
			r.Zxid, r.Exact = out.Zxid, true
		}
		return ConfigState{append(slices.Clip(s.Made), r)}, true
	}
	if in.F == "history" {
		return s, slices.EqualFunc(out.IDs, s.Made, func(id int64, r ConfigRevision) bool { return id == r.ID })
	}
	if out.Revision != int64(len(s.Made)) {
		return s, false
	}
	if len(s.Made) == 0 {
		return s, out.Zxid == 0 && out.ID == 0 && out.Settings == "" && out.Gray == ""
	}
	last := s.Made[len(s.Made)-1]
	if out.ID != last.ID || out.Settings != last.Settings || out.Gray != last.Gray ||
		out.Zxid < last.Zxid || last.Exact && out.Zxid != last.Zxid {
		return s, false
	}
	if !last.Exact {
		s.Made = slices.Clone(s.Made)
		s.Made[len(s.Made)-1].Zxid, s.Made[len(s.Made)-1].Exact = out.Zxid, true
	}
	return s, true
}

// NextRevision is what a change makes behind the revisions that there are, with the least zxid that it can have; ok is
// false if it can't be made.
func NextRevision(made []ConfigRevision, in ConfigInput) (r ConfigRevision, ok bool) {
	var now ConfigRevision
	if len(made) > 0 {
		now = made[len(made)-1]
	}
	r = ConfigRevision{ID: in.ID, Zxid: now.Zxid + 1, Settings: now.Settings, Gray: now.Gray}
	switch in.F {
	case "publish":
		r.Settings = changed(now.Settings, in.Changes)
	case "try":
		r.Gray = grayText(int64(len(made))+1, in.Share, in.Changes)
	case "rollback":
		if in.Revision < 0 || in.Revision > int64(len(made)) {
			return r, false
		}
		r.Settings, r.Gray = "", ""
		if in.Revision > 0 {
			r.Settings = made[in.Revision-1].Settings
		}
	default:
		release, changes, there := parseGrayText(now.Gray)
		if !there {
			return r, false
		}
		switch r.Gray = ""; in.F {
		case "widen":
			r.Gray = grayText(release, in.Share, changes)
		case "promote":
			r.Settings = changed(now.Settings, changes)
		}
	}
	return r, true
}

// changed are settings behind changes. As text, settings are lines of name=value, by name.
func changed(settings string, changes []ConfigSetting) string {
	list := parseSettingsText(settings)
	for _, c := range changes {
		list = slices.DeleteFunc(list, func(one ConfigSetting) bool { return one.Name == c.Name })
		if !c.Gone {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b ConfigSetting) int { return strings.Compare(a.Name, b.Name) })
	return settingsText(list)
}

func settingsText(list []ConfigSetting) string {
	var b strings.Builder
	for _, one := range list {
		value := "=" + one.Value
		if one.Gone {
			value = "!"
		}
		b.WriteString(one.Name + value + "\n")
	}
	return b.String()
}

func parseSettingsText(text string) (list []ConfigSetting) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, value, found := strings.Cut(line, "="); found {
			list = append(list, ConfigSetting{Name: name, Value: value})
		} else {
			list = append(list, ConfigSetting{Name: strings.TrimSuffix(line, "!"), Gone: true})
		}
	}
	return list
}

func grayText(release, share int64, changes []ConfigSetting) string {
	return fmt.Sprintf("%d %d \n%s", release, share, settingsText(changes))
}

func parseGrayText(text string) (release int64, changes []ConfigSetting, there bool) {
	first, rest, there := strings.Cut(text, "\n")
	if there {
		_, _ = fmt.Sscan(first, &release)
	}
	return release, parseSettingsText(rest), there
}
