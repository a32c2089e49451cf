package recipes

import (
	"fmt"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// configArguments are how many parts the arguments of changes have.
var configArguments = map[string]int{"publish": 2, "try": 3, "widen": 2, "promote": 1, "withdraw": 1, "rollback": 2}

func parseConfig(op history.Operation) (in ConfigInput, out ConfigOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	parts, writes := configArguments[op.F]
	switch {
	case writes:
		if err = parseConfigChange(op.Argument, parts, &in); err == nil && !out.Unknown {
			var l []int64
			if l, err = numbersOf(op.Result, 2); err == nil {
				out.Revision, out.Zxid = l[0], l[1]
			}
		}
	case op.F == "serves" || out.Unknown:
	case op.F == "look" || op.F == "cached":
		l, ok := op.Result.([]any)
		if !ok || len(l) != 2 {
			return in, out, fmt.Errorf("%s where [revision view] belongs", model.TextOf(op.Result))
		}
		if out.Revision, err = model.Number(l[0], "revision"); err == nil {
			err = parseConfigView(l[1], &out)
		}
	case op.F == "history":
		out.IDs, err = parseConfigHistory(op.Result)
	default:
		err = fmt.Errorf("%q is no operation of the model config, which has cached, history, look, promote, publish, "+
			"rollback, serves, try, widen and withdraw", op.F)
	}
	return in, out, err
}

func parseConfigChange(v any, parts int, in *ConfigInput) (err error) {
	l, ok := v.([]any)
	if !ok || len(l) != parts {
		return fmt.Errorf("%s where a list of %d belongs, the first an id", model.TextOf(v), parts)
	}
	if in.ID, err = model.Number(l[0], "id"); err != nil {
		return err
	}
	switch in.F {
	case "publish":
		in.Changes, err = parseSettings(l[1])
	case "try":
		if in.Share, err = model.Number(l[1], "share"); err == nil {
			in.Changes, err = parseSettings(l[2])
		}
	case "widen":
		in.Share, err = model.Number(l[1], "share")
	case "rollback":
		in.Revision, err = model.Number(l[1], "revision")
	}
	return err
}

// parseSettings reads [[name value] …].
func parseSettings(v any) (settings []ConfigSetting, err error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s where a list of [name value] belongs", model.TextOf(v))
	}
	for _, one := range list {
		l, ok := one.([]any)
		if !ok || len(l) != 2 {
			return nil, fmt.Errorf("%s where [name value] belongs", model.TextOf(one))
		}
		name, isName := l[0].(string)
		value, isValue := l[1].(string)
		if !isName || name == "" || !isValue && l[1] != nil || strings.ContainsAny(name+value, "=!\n") {
			return nil, fmt.Errorf("%s where [name value] belongs: two strings on a line without = and !, or a name and nil",
				model.TextOf(one))
		}
		settings = append(settings, ConfigSetting{Name: name, Value: value, Gone: !isValue})
	}
	return settings, nil
}

// parseConfigView reads [zxid id settings gray].
func parseConfigView(v any, out *ConfigOutput) (err error) {
	l, ok := v.([]any)
	if !ok || len(l) != 4 {
		return fmt.Errorf("%s where [zxid id settings gray] belongs", model.TextOf(v))
	}
	two, err := numbersOf(l[:2], 2)
	if err != nil {
		return err
	}
	out.Zxid, out.ID = two[0], two[1]
	settings, err := parseSettings(l[2])
	if err != nil {
		return err
	}
	out.Settings = settingsText(settings)
	if l[3] == nil {
		return nil
	}
	gray, ok := l[3].([]any)
	if !ok || len(gray) != 3 {
		return fmt.Errorf("%s where [release share changes] belongs, or nil", model.TextOf(l[3]))
	}
	if two, err = numbersOf(gray[:2], 2); err != nil {
		return err
	}
	changes, err := parseSettings(gray[2])
	out.Gray = grayText(two[0], two[1], changes)
	return err
}

// parseConfigHistory reads [[revision id] …] from the first revision on.
func parseConfigHistory(v any) (ids []int64, err error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s where a list of [revision id] belongs", model.TextOf(v))
	}
	for i, one := range list {
		l, err := numbersOf(one, 2)
		if err == nil && l[0] != int64(i)+1 {
			err = fmt.Errorf("%s where revision %d belongs", model.TextOf(one), i+1)
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, l[1])
	}
	return ids, nil
}

// Served is what an instance made of a gray release.
type Served struct {
	Release, Share int64
	Has            bool
}

// ParseServed reads the result of serves: [release share has].
func ParseServed(v any) (s Served, err error) {
	l, ok := v.([]any)
	if !ok || len(l) != 3 {
		return s, fmt.Errorf("%s where [release share has] belongs", model.TextOf(v))
	}
	two, err := numbersOf(l[:2], 2)
	if err != nil {
		return s, err
	}
	has, ok := l[2].(bool)
	if !ok {
		return s, fmt.Errorf("%s where true or false belongs", model.TextOf(l[2]))
	}
	return Served{Release: two[0], Share: two[1], Has: has}, nil
}
