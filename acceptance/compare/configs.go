package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ordeal/cluster/zoocfg"
)

// Configuration files are drawn, in all forms that Java's properties have, and read by both: which are taken, and what
// they then say.

// javaReader is the program that says what ZooKeeper makes of files, in the source.
const javaReader = "acceptance/compare/ReadConfigs.java"

// configFiles compares so many files.
func (o *options) configFiles(dir string) error {
	rng := rand.New(rand.NewPCG(o.firstSeed, 0))
	data := filepath.Join(dir, "data")
	err := errors.Join(os.MkdirAll(data, 0o755), os.WriteFile(filepath.Join(data, "myid"), []byte("1\n"), 0o644))
	if err != nil {
		return err
	}
	args := []string{"-cp", zookeeperJar, javaReader}
	var texts []string
	for i := range o.configs {
		name, text := filepath.Join(dir, fmt.Sprintf("%d.cfg", i)), drawConfig(rng, data)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
		args, texts = append(args, name), append(texts, text)
	}
	java := exec.Command("java", args...)
	java.Stderr = os.Stderr
	out, err := java.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", javaReader, err)
	}
	theirs := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(theirs) != len(texts) {
		return fmt.Errorf("of %d files ZooKeeper has read %d", len(texts), len(theirs))
	}
	taken := 0
	for i, text := range texts {
		ours := readConfig(text)
		if ours != "refused" {
			taken++
		}
		if ours == theirs[i] {
			continue
		}
		if o.found++; o.found <= o.shown {
			fmt.Printf("a configuration:\n%s\nZooKeeper: %s\nordeal:    %s\n", text, theirs[i], ours)
		}
	}
	fmt.Printf("%d configurations read by both, %d of them taken, %d differences\n", len(texts), taken, o.found)
	return nil
}

// readConfig is what ordeal makes of a file, in the words of ReadConfigs.
func readConfig(text string) string {
	c, err := zoocfg.Parse("zoo.cfg", []byte(text))
	if err != nil {
		return "refused"
	}
	ms := func(d, otherwise time.Duration) int64 {
		if d == 0 {
			d = otherwise
		}
		return d.Milliseconds()
	}
	var servers strings.Builder
	for _, s := range c.Servers {
		servers.WriteString(" " + zoocfg.Number(s.ID))
		if s.Observer {
			servers.WriteString("o")
		}
	}
	return fmt.Sprintf("tick %d port %s max %d sessions %d %d alone %v local %v all %v reconfig %v servers%s",
		c.TickTime.Milliseconds(), c.ClientAddr[strings.LastIndexByte(c.ClientAddr, ':')+1:], c.MaxClientConns,
		ms(c.MinSessionTimeout, 2*c.TickTime), ms(c.MaxSessionTimeout, 20*c.TickTime), c.Alone() != 0, c.LocalSessions,
		c.ListenOnAllIPs, c.Reconfig, servers.String())
}

// choices are the keys that are drawn, with their values: some are no values.
var choices = []struct {
	key    string
	values []string
}{
	{"tickTime", []string{"2000", "500", "+700", "soon", ""}},
	{"clientPort", []string{"2181", "65535", "99999", "x"}},
	{"maxClientCnxns", []string{"0", "-1", "7", "many"}},
	{"minSessionTimeout", []string{"-1", "100", "x"}},
	{"maxSessionTimeout", []string{"-1", "900000"}},
	{"localSessionsEnabled", []string{"true", "FALSE", "yes"}},
	{"quorumListenOnAllIPs", []string{"true", "false", "1"}},
	{"reconfigEnabled", []string{"True", "false", "no"}},
	{"peerType", []string{"participant", "PARTICIPANT", "leader"}},
	{"snapCount", []string{"0", "1", "100000"}},
	{"globalOutstandingLimit", []string{"0", "-3", "1000"}},
	{"skipACL", []string{"yes", "no", "true", "maybe"}},
	{"extendedTypesEnabled", []string{"true", "yes", "no"}},
	{"4lw.commands.whitelist", []string{"*", "ruok, stat"}},
	{"favouriteColour", []string{"blue", ""}},
}

// drawConfig draws a file. Most of it is what any file has, so that most are taken.
func drawConfig(rng *rand.Rand, data string) string {
	lines := [][2]string{{"dataDir", data}, {"clientPort", "2181"}, {"initLimit", "10"}, {"syncLimit", "5"}}
	for range rng.IntN(6) {
		one := choices[rng.IntN(len(choices))]
		lines = append(lines, [2]string{one.key, one.values[rng.IntN(len(one.values))]})
		if rng.IntN(3) > 0 {
			lines[len(lines)-1][1] = one.values[0]
		}
	}
	first := rng.IntN(2) // some count from 0
	for i := range rng.IntN(2) * (2 + rng.IntN(3)) {
		role := []string{"", ":participant", ":PARTICIPANT", ":Observer"}[rng.IntN(4)*min(1, i/2)]
		lines = append(lines, [2]string{fmt.Sprintf("server.%d", first+i), fmt.Sprintf("127.0.0.1:%d:%d%s", 3000+i, 4000+i,
			role)})
	}
	if rng.IntN(8) == 0 {
		lines = append(lines, [2]string{fmt.Sprintf("server.%d", 5+rng.IntN(3)), "127.0.0.1:5000:5001"})
	}
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(drawLine(rng, l[0], l[1]))
	}
	return b.String()
}

// drawLine draws a form of a line.
func drawLine(rng *rand.Rand, key, value string) string {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	server := strings.HasPrefix(key, "server.")
	if at := rng.IntN(len(key)); rng.IntN(6) == 0 {
		key = key[:at] + fmt.Sprintf(pick(`\u%04x`, `\u%04X`), key[at]) + key[at+1:]
	}
	if at := rng.IntN(len(value) + 1); rng.IntN(6) == 0 {
		value = value[:at] + "\\" + pick("\n", "\r\n") + pick("", "  ", "\t") + value[at:]
	}
	after := pick("", "", " ")
	if server {
		after = "" // ZooKeeper 3.8.0 takes a blank there for part of the port
	}
	before := pick("", "", "# what follows\n", "! \\\n", "\n", " \t\n", "\f")
	return before + pick("", "", " ") + key + pick("=", "=", " = ", ":", " : ", " ", "\t", "  =") + value +
		after + pick("\n", "\n", "\r\n")
}
