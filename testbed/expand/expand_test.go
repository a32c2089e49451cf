package expand

import (
	"strings"
	"testing"

	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// staleLine is a trial of the toy in which a service that is wrong fails, and a sound one does not.
const staleLine = "toy/1 seed=16 workload=register nodes=3 length=10s rate=50 faults=partition,crash"

var wrong, sound = trialtest.Service(trialtest.Options{StaleReads: true}), trialtest.Service(trialtest.Options{})

// expanded writes a trial out, and reads that back.
func expanded(t *testing.T, s *trial.Service, line string) Expanded {
	t.Helper()
	one, err := s.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Of(one, "v1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(e.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func played(t *testing.T, e Expanded, s *trial.Service) Again {
	t.Helper()
	again, err := e.Play(s)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestTheSameVersionPlaysTheSame(t *testing.T) {
	e := expanded(t, wrong, staleLine)
	if e.Outcome != play.Invalid || len(e.Violations) == 0 || len(e.Faults) == 0 || len(e.Operations) < 100 ||
		!strings.Contains(e.Fields, `plan="at `) || strings.Contains(e.Fields, "toy/") {
		t.Errorf("%+v", e)
	}
	if a := played(t, e, wrong); !a.Identical || !a.SameTrial() || a.Violation != "" || a.Scripted {
		t.Errorf("%s", a.Text())
	}
}

// TestAnotherVersionIsCompared: the service is mended, its lines have another version, or the clients do something
// else.
func TestAnotherVersionIsCompared(t *testing.T) {
	e := expanded(t, wrong, staleLine)
	mended := *sound
	mended.Version = 9
	a := played(t, e, &mended)
	if a.Identical || !strings.HasPrefix(a.Line, "toy/9 seed=16 ") || a.Faults != "" ||
		!strings.Contains(a.Violation, `"linearizable register", and is "valid"`) {
		t.Errorf("%s", a.Text())
	}
	other := e
	other.TraceHash, other.Operations = "other", append([]string{"c1 1.1 dance r1 nil"}, e.Operations...)
	if a := played(t, other, wrong); a.SameTrial() || !strings.Contains(a.Text(), "it is another trial here") ||
		!strings.Contains(a.Operations, "dance") {
		t.Errorf("%s", a.Text())
	}
	sameMeaning := e
	sameMeaning.TraceHash = "other"
	if a := played(t, sameMeaning, wrong); !strings.Contains(a.Text(), "it means the same, though its trace") {
		t.Errorf("%s", a.Text())
	}
	moved := e
	moved.Faults = append(append([]string{}, e.Faults...), "9s fired crash n1")
	if a := played(t, moved, wrong); !strings.Contains(a.Faults, `"9s fired crash n1" is missing`) {
		t.Errorf("%s", a.Text())
	}
}

// TestClientsAreToldTheirTurns: where clients go about it otherwise, they are told which turns they took then.
func TestClientsAreToldTheirTurns(t *testing.T) {
	e := expanded(t, wrong, staleLine)
	e.Fields = strings.Replace(e.Fields, "rate=50", "rate=30", 1)
	if a := played(t, e, wrong); !a.SameTrial() || !a.Scripted || a.Identical {
		t.Errorf("%s", a.Text())
	}
}

func TestBadFiles(t *testing.T) {
	for want, text := range map[string]string{
		"unexpected end": "", "is of format 2": `{"format": 2}`, `"fields" is missing`: `{"format": 1}`,
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %s", err, want)
		}
	}
	e := expanded(t, sound, staleLine)
	e.Fields = strings.Replace(e.Fields, "workload=register", "workload=dance", 1)
	if _, err := e.Play(sound); err == nil || !strings.Contains(err.Error(), `workload "dance" is not known`) {
		t.Error(err)
	}
}
