package shell_test

import (
	"strings"
	"testing"

	"ordeal/server/servertest"
)

func TestQuota(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	out, complaints, _ := lines(t, servers, `create /q
create /q/a xyz
create /q/a/b
listquota /q
setquota -n 5 /none
setquota /q
setquota -n 5 -b 10 /q
listquota /q
setquota -N 7 -B 11 /q
delquota -n /q
listquota /q
setquota -n 1 /q/a
create /q/c 12345
listquota /q
delquota /q
listquota /q
setquota -n 3 /q/a/b
setquota -n 3 /q
delquota /q/a/b
ls -R /zookeeper/quota
setquota -n many /q
`)
	want := `Created /q
Created /q/a
Created /q/a/b
Output quota for /q count=5,bytes=10=;byteHardLimit=-1;countHardLimit=-1
Output stat for /q count=3,bytes=3
Output quota for /q count=-1,bytes=10=;byteHardLimit=11;countHardLimit=7
Output stat for /q count=3,bytes=3
Created /q/c
Output quota for /q count=-1,bytes=10=;byteHardLimit=11;countHardLimit=7
Output stat for /q count=4,bytes=8
/zookeeper/quota
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	complaint := `quota for /q does not exist.
Node does not exist: /none
setquota -n|-b|-N|-B val path
/q/a has a parent /q which has a quota
quota for /q does not exist.
/q has a child /q/a/b which has a quota
-n: "many" is not a number
`
	if complaints != complaint {
		t.Errorf("got\n%s\nwant\n%s", complaints, complaint)
	}
}

func TestHistory(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	out, complaints, _ := lines(t, servers, "create -s /a\n\nredo 0\nhistory\nredo 9\nredo 2\nclose\nls /\n"+
		"connect "+servers[0]+"\nls /\nquit\nls /\n")
	want := "Created /a0000000000\nCreated /a0000000001\n0 - create -s /a\n1 - create -s /a\n2 - history\n" +
		"0 - create -s /a\n1 - create -s /a\n2 - history\n3 - redo 9\n4 - history\n" +
		"[a0000000000, a0000000001, zookeeper]\n"
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if !strings.HasPrefix(complaints, "Command index out of range\nNot connected\n") {
		t.Errorf("it complains: %s", complaints)
	}
}
