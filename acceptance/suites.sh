#!/usr/bin/env bash
# Runs the clients' own test suites, unmodified, on servers of this service: those of go-zookeeper, of kazoo, of
# ZooKeeper's Java client; and drives ZooKeeper's C client. With names as arguments (gozk kazoo java c), only those.
#
# Their harnesses start servers by a script, zkServer.sh, or by java; in both places stands a script that only runs
# `ordeal serve`. Each suite has a list of the tests that are not expected to pass, with the reasons, in
# acceptance/suites: any other that fails is a failure. One of the list that passes is reported: some depend on who runs
# them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

want() { echo "make test-suites wants Debian's packages $1: $2 is not there" >&2; exit 2; }

DIR=$(mktemp -d)
ORDEAL=$DIR/ordeal
export ORDEAL
clean() {
    status=$?
    if [ $status = 0 ]; then rm -rf "$DIR"; else echo "what the suites and servers said is in $DIR" >&2; fi
    exit $status
}
trap clean EXIT
go build -o "$ORDEAL" ./cmd/ordeal

# judge NAME FAILED PASSED: two files with the names of tests, and the list of what is expected.
judge() {
    sed -n 's/^\([^# ]*\) .*/\1/p' "$here/suites/$1.expected" | sort -u >"$DIR/$1.expected"
    sort -u "$2" >"$DIR/$1.failed"
    sort -u "$3" >"$DIR/$1.passed"
    new=$(comm -23 "$DIR/$1.failed" "$DIR/$1.expected")
    mended=$(comm -12 "$DIR/$1.passed" "$DIR/$1.expected")
    echo "   $1: $(wc -l <"$DIR/$1.passed") tests passed, $(wc -l <"$DIR/$1.failed") did not"
    [ -s "$DIR/$1.passed" ] || { echo "$1: no test passed" >&2; return 1; }
    [ -z "$new" ] || { echo "$1: these should pass:"; echo "$new"; return 1; } >&2
    [ -z "$mended" ] || { echo "   these pass, and are listed as if they did not:"; echo "$mended"; }
}

# gozk_run PATTERN leaves the names of the tests that passed and failed in gozk.pass and gozk.fail.
gozk_run() {
    ZOOKEEPER_BIN_PATH=$DIR/bin go test -count=1 -run "$1" -json github.com/go-zookeeper/zk \
        >"$DIR/gozk.json" 2>"$DIR/gozk.err" || true
    for result in pass fail; do
        sed -n "s/.*\"Action\":\"$result\".*\"Test\":\"\([^\"]*\)\".*/\1/p" "$DIR/gozk.json" |
            tr ' ' '_' >"$DIR/gozk.$result"
    done
}

gozk() {
    mkdir -p "$DIR/bin"
    printf '#!/bin/sh\nexec "%s" serve "$2"\n' "$ORDEAL" >"$DIR/bin/zkServer.sh"
    chmod +x "$DIR/bin/zkServer.sh"
    gozk_run .
    # Some of them race with the server that they kill, so what failed has a second try, alone.
    top=$(sed 's|/.*||' "$DIR/gozk.fail" | sort -u | paste -sd '|')
    if [ -n "$top" ]; then
        cp "$DIR/gozk.pass" "$DIR/gozk.first"
        echo "   go-zookeeper: once more: $top"
        gozk_run "^($top)\$"
        cat "$DIR/gozk.first" >>"$DIR/gozk.pass"
    fi
    judge go-zookeeper "$DIR/gozk.fail" "$DIR/gozk.pass"
}

kazoo() {
    packages="python3-kazoo, python3-pytest, python3-pytest-timeout, python3-mock, python3-objgraph,"
    packages+=" python3-eventlet, python3-gevent and python3-pure-sasl"
    for module in kazoo.tests pytest pytest_timeout mock objgraph eventlet gevent puresasl; do
        /usr/bin/python3 -c "import $module" 2>/dev/null || want "$packages" "$module"
    done
    # The harness runs `java FLAGS CLASS zoo.cfg`; the flags have properties, which ZooKeeper's start script would take
    # from here.
    mkdir -p "$DIR/java"
    cat >"$DIR/java/java" <<'JAVA'
#!/bin/bash
for word; do case $word in -D*) SERVER_JVMFLAGS+=" $word" ;; esac; done
export SERVER_JVMFLAGS
exec "$ORDEAL" serve "$word" >>"$SERVER_LOG" 2>&1
JAVA
    chmod +x "$DIR/java/java"
    tests=$(/usr/bin/python3 -c 'import kazoo.tests; print(list(kazoo.tests.__path__)[0])')
    (cd "$DIR" && PATH="$DIR/java:$PATH" SERVER_LOG="$DIR/kazoo-servers.log" \
        ZOOKEEPER_VERSION=3.8.0 ZOOKEEPER_CLASSPATH=none \
        /usr/bin/python3 -m pytest -p no:cacheprovider --timeout 120 -q -rA "$tests" >"$DIR/kazoo.out" 2>&1) || true
    for result in PASSED FAILED ERROR; do
        sed -n "s/^$result .*kazoo\/tests\/\([^ ]*\).*/\1/p" "$DIR/kazoo.out" >"$DIR/kazoo.$result"
    done
    cat "$DIR/kazoo.ERROR" >>"$DIR/kazoo.FAILED"
    judge kazoo "$DIR/kazoo.FAILED" "$DIR/kazoo.PASSED"
}

# zookeeper_source prints where the Debian source package is: ZOOKEEPER_SOURCE, or fetched for this run.
zookeeper_source() {
    if [ -n "${ZOOKEEPER_SOURCE:-}" ]; then echo "$ZOOKEEPER_SOURCE"; return; fi
    command -v dpkg-source >/dev/null || want "dpkg-dev" dpkg-source
    mkdir -p "$DIR/apt/lists/partial"
    . /etc/os-release
    key=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg
    {
        echo "deb-src [$key] http://deb.debian.org/debian $VERSION_CODENAME main"
        echo "deb-src [$key] http://deb.debian.org/debian-security $VERSION_CODENAME-security main"
    } >"$DIR/apt/list"
    options=(-o "Dir::Etc::sourcelist=$DIR/apt/list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$DIR/apt/lists")
    (cd "$DIR/apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only zookeeper &&
        dpkg-source --no-check -x zookeeper_*.dsc source) >"$DIR/apt.log" 2>&1 ||
        {
            tail -3 "$DIR/apt.log" >&2
            echo "the source of ZooKeeper's tests can't be had; ZOOKEEPER_SOURCE=DIR names it" >&2
            exit 2
        }
    echo "$DIR/apt/source"
}

java_jars=(zookeeper zookeeper-jute junit-jupiter-api junit-jupiter-params junit-platform-commons opentest4j
    apiguardian-api hamcrest mockito-core byte-buddy objenesis slf4j-api commons-cli commons-io commons-collections4
    metrics-core netty-buffer netty-codec netty-common netty-handler
    netty-resolver netty-transport netty-transport-native-epoll netty-transport-native-unix-common snappy-java
    jetty9-server jetty9-util jackson-databind jackson-annotations jackson-core logback-classic logback-core)

java() {
    packages="default-jdk-headless, zookeeper, junit5, libmockito-java, libcommons-collections4-java,"
    packages+=" libcommons-io-java, libsnappy-java, libdropwizard-metrics-java, libjetty9-java,"
    packages+=" libjackson2-databind-java, liblogback-java, libnetty-java and dpkg-dev"
    command -v javac >/dev/null || want "$packages" javac
    path=$DIR/classes
    for jar in "${java_jars[@]}"; do
        [ -e "/usr/share/java/$jar.jar" ] || want "$packages" "$jar.jar"
        path+=:/usr/share/java/$jar.jar
    done
    source=$(zookeeper_source)
    tests=$source/zookeeper-server/src/test
    mapfile -t classes < <(grep -v '^#' "$here/suites/zookeeper.tests")
    mkdir -p "$DIR/classes" "$DIR/java-tmp"
    files=()
    for class in "${classes[@]}"; do files+=("$tests/java/${class//.//}.java"); done
    javac -nowarn -proc:none -d "$DIR/classes" -cp "$path" -sourcepath "$here/suites/java:$tests/java" \
        "$here/suites/java/ordeal/ExternalServer.java" "${files[@]}" 2>"$DIR/javac.log" ||
        { grep -m5 error "$DIR/javac.log" >&2; return 1; }
    cp "$here/suites/java/logback-test.xml" "$DIR/classes/"
    # Each class has a JVM of its own, as ZooKeeper's build gives it: they leave properties behind.
    for class in "${classes[@]}"; do
        (cd "$DIR/java-tmp" && command java -Dordeal.program="$ORDEAL" -Dordeal.log="$DIR/java-servers.log" \
            -Dbuild.test.dir="$DIR/java-tmp" -Dtest.data.dir="$tests/resources/data" \
            -Dzookeeper.serverCnxnFactory=ordeal.ExternalServer -Dzookeeper.admin.enableServer=false \
            -cp "$path:/usr/share/java/junit-platform-console-standalone.jar" \
            org.junit.platform.console.ConsoleLauncher \
            --config junit.jupiter.execution.timeout.default=300s --disable-banner --disable-ansi-colors \
            --reports-dir "$DIR/reports/$class" --details none -c "$class" >>"$DIR/java.out" 2>&1) || true
    done
    /usr/bin/python3 "$here/suites/junit.py" "$DIR/reports" "$DIR/java.pass" "$DIR/java.fail"
    judge zookeeper "$DIR/java.fail" "$DIR/java.pass"
}

c() {
    [ -e /usr/include/zookeeper/zookeeper.h ] && command -v gcc >/dev/null ||
        want "gcc and libzookeeper-mt-dev" "one of them"
    gcc -o "$DIR/c_client" "$here/suites/c_client.c" -lzookeeper_mt
    "$ORDEAL" serve --dev >"$DIR/dev.out" 2>"$DIR/dev.log" &
    server=$!
    for ((i = 0; i < 300; i++)); do
        grep -q 'serving clients' "$DIR/dev.out" && break
        sleep 0.1
    done
    status=0
    "$DIR/c_client" "$(sed -n 's/^serving clients on //p' "$DIR/dev.out")" || status=$?
    kill "$server"
    wait "$server" || true
    return $status
}

suites=("$@")
[ $# -gt 0 ] || suites=(gozk kazoo java c)
for suite in "${suites[@]}"; do
    echo "== $suite"
    "$suite"
done
echo "the suites pass"
