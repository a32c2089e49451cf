"""Drives kazoo, a client that is not ours, through its recipes and through a failover."""

import logging
import os
import subprocess
import threading
import time
from contextlib import contextmanager

from kazoo.client import KazooClient
from kazoo.exceptions import (BadVersionError, NoAuthError, NodeExistsError, NoNodeError, NotEmptyError,
                              RolledBackError)
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.protocol.states import EventType
from kazoo.recipe.watchers import ChildrenWatch, DataWatch
from kazoo.security import ACL, Id, Permissions, make_digest_acl

SERVERS = os.environ["SERVERS"]
PATIENCE = 60.0  # seconds: many times what anything here takes


@contextmanager
def client(**settings):
    c = KazooClient(hosts=SERVERS, timeout=4.0, **settings)
    c.start(timeout=PATIENCE)
    try:
        yield c
    finally:
        c.stop()
        c.close()


def await_true(what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def refused(error, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{error.__name__} was due")


def in_threads(n, work):
    """Runs work(i) in n threads, and passes on what they raise."""
    errors = []

    def run(i):
        try:
            work(i)
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(PATIENCE)
        assert not t.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]


def operations():
    with client() as c:
        assert c.create("/kazoo/ops/a", b"1", makepath=True) == "/kazoo/ops/a"
        refused(NodeExistsError, c.create, "/kazoo/ops/a")
        data, stat = c.get("/kazoo/ops/a")
        assert (data, stat.version) == (b"1", 0)
        stat = c.set("/kazoo/ops/a", b"22", version=0)
        assert (stat.version, stat.data_length) == (1, 2)
        refused(BadVersionError, c.set, "/kazoo/ops/a", b"3", version=0)
        refused(NoNodeError, c.get, "/kazoo/ops/none")
        assert c.create("/kazoo/ops/n-", sequence=True, ephemeral=True) == "/kazoo/ops/n-0000000001"
        path, stat = c.create("/kazoo/ops/b", b"x", include_data=True)
        assert path == "/kazoo/ops/b" and stat.czxid == stat.mzxid
        refused(NotEmptyError, c.delete, "/kazoo/ops")
        assert sorted(c.get_children("/kazoo/ops")) == ["a", "b", "n-0000000001"]
        names, stat = c.get_children("/kazoo/ops", include_data=True)
        assert stat.numChildren == len(names) == 3
        assert c.sync("/kazoo/ops") == "/kazoo/ops"
        t = c.transaction()
        t.check("/kazoo/ops/a", 1)
        t.create("/kazoo/ops/t", b"t")
        t.set_data("/kazoo/ops/a", b"4")
        t.delete("/kazoo/ops/b")
        results = t.commit()
        assert results[1] == "/kazoo/ops/t" and results[2].version == 2, results
        t = c.transaction()
        t.create("/kazoo/ops/u")
        t.delete("/kazoo/ops/none")
        results = t.commit()
        assert isinstance(results[0], RolledBackError) and isinstance(results[1], NoNodeError), results
        assert c.exists("/kazoo/ops/u") is None
        assert "server.1" in c.get("/zookeeper/config")[0].decode()
        assert c.command(b"ruok") == "imok"
        assert c.server_version() >= (3, 5)
        c.delete("/kazoo/ops", recursive=True)
        assert c.exists("/kazoo/ops") is None


def access():
    owner = [("digest", "ada:secret")]
    with client(auth_data=owner) as c, client() as stranger:
        acl = [make_digest_acl("ada", "secret", all=True)]
        c.create("/kazoo/acl", b"x", acl=acl, makepath=True)
        assert c.get("/kazoo/acl")[0] == b"x"
        stranger.sync("/kazoo")
        refused(NoAuthError, stranger.get, "/kazoo/acl")
        got, stat = c.get_acls("/kazoo/acl")
        assert got == acl and stat.aversion == 0, got
        stranger.add_auth("digest", "ada:secret")
        assert stranger.get("/kazoo/acl")[0] == b"x"
        stat = c.set_acls("/kazoo/acl", [make_digest_acl("bob", "other", all=True)], version=0)
        assert stat.aversion == 1
        refused(NoAuthError, c.get, "/kazoo/acl")
        c.add_auth("digest", "bob:other")
        c.delete("/kazoo/acl")


def watches():
    with client() as c, client() as writer:
        c.create("/kazoo/watches", makepath=True)
        seen, children, events = [], [], []
        DataWatch(c, "/kazoo/watches/a", lambda data, stat: seen.append(data))
        ChildrenWatch(c, "/kazoo/watches", lambda names: children.append(sorted(names)))
        assert c.exists("/kazoo/watches/a", watch=events.append) is None
        writer.create("/kazoo/watches/a", b"0")
        await_true("the creation is seen", lambda: [e.type for e in events] == [EventType.CREATED])
        for i in range(1, 20):
            writer.set("/kazoo/watches/a", b"%d" % i)
        await_true("the last data is seen", lambda: seen[-1] == b"19")
        assert seen[0] is None and [int(d) for d in seen[1:]] == sorted(int(d) for d in seen[1:]), seen
        await_true("the child is seen", lambda: children[-1] == ["a"])
        writer.delete("/kazoo/watches/a")
        await_true("the end is seen", lambda: seen[-1] is None and children[-1] == [])


def locks():
    inside, passed = [], []

    def work(i):
        with client() as c:
            for _ in range(5):
                with c.Lock("/kazoo/lock", f"worker {i}"):
                    inside.append(i)
                    assert inside == [i], "two hold the lock"
                    time.sleep(0.002)
                    inside.remove(i)
                    passed.append(i)

    in_threads(4, work)
    assert len(passed) == 20
    with client() as c, client() as other:
        held = c.Lock("/kazoo/lock")
        assert held.acquire() and not other.Lock("/kazoo/lock").acquire(blocking=False)
        c.stop()  # its session ends, and with it the lock
        assert other.Lock("/kazoo/lock").acquire(timeout=PATIENCE)
        semaphores = [other.Semaphore("/kazoo/semaphore", max_leases=2) for _ in range(3)]
        assert [s.acquire(blocking=False) for s in semaphores] == [True, True, False]


def elections():
    led, leading = [], []

    def lead(i):
        leading.append(i)
        assert leading == [i], "two lead"
        led.append(i)
        time.sleep(0.01)
        leading.remove(i)

    def work(i):
        with client() as c:
            c.Election("/kazoo/election", f"candidate {i}").run(lead, i)

    in_threads(4, work)
    assert sorted(led) == [0, 1, 2, 3], led


def queues():
    taken = []

    def take(_):
        with client() as c:
            queue = c.LockingQueue("/kazoo/queue")
            while True:
                item = queue.get(timeout=PATIENCE)
                queue.consume()
                if item == b"over":
                    return
                taken.append(int(item))

    def work(i):
        if i < 2:
            return take(i)
        with client() as c:
            queue = c.LockingQueue("/kazoo/queue")
            queue.put_all([b"%d" % n for n in range(30)], priority=10)
            for _ in range(2):
                queue.put(b"over", priority=900)

    in_threads(3, work)
    assert sorted(taken) == list(range(30)), taken
    with client() as c:
        queue = c.Queue("/kazoo/simple")
        for n in range(10):
            queue.put(b"%d" % n)
        assert [queue.get() for _ in range(11)] == [b"%d" % n for n in range(10)] + [None]
        counter, barrier = c.Counter("/kazoo/counter"), c.DoubleBarrier("/kazoo/barrier", 1)
        counter += 3
        assert counter.value == 3
        barrier.enter()
        barrier.leave()


def secure():
    """Over TLS, with a certificate of the client's own, whose subject an ACL can name; without one it is refused."""
    folder = os.environ["DIR"]
    settings = {"hosts": os.environ["SECURE_SERVERS"], "timeout": 4.0, "use_ssl": True, "ca": folder + "/ca.pem"}
    c = KazooClient(certfile=folder + "/client.pem", keyfile=folder + "/client.key", **settings)
    c.start(timeout=PATIENCE)
    c.create("/kazoo/secure", b"x", acl=[ACL(Permissions.ALL, Id("x509", "CN=client"))], makepath=True)
    assert c.get("/kazoo/secure")[0] == b"x"
    with client() as plain:
        plain.sync("/kazoo")
        refused(NoAuthError, plain.get, "/kazoo/secure")
    with c.Lock("/kazoo/secure/lock", "over TLS"):
        pass
    c.stop()
    c.close()
    stranger = KazooClient(**settings)
    refused(KazooTimeoutError, stranger.start, timeout=2)
    stranger.stop()
    stranger.close()


def failover():
    """Kills the leader while a lock is held, ephemerals stand and watches are set: no session may notice."""
    ensemble = os.environ["ENSEMBLE"]
    with client() as holder, client() as waiter, client() as watcher:
        sessions = [c.client_id[0] for c in (holder, waiter, watcher)]
        lock = holder.Lock("/kazoo/failover/lock", "holder")
        lock.acquire()
        holder.create("/kazoo/failover/ephemeral", b"0", ephemeral=True)
        seen = []
        DataWatch(watcher, "/kazoo/failover/ephemeral", lambda data, stat: seen.append(data))
        got = threading.Event()
        contender = waiter.Lock("/kazoo/failover/lock", "waiter")
        waiting = threading.Thread(target=lambda: contender.acquire() and got.set(), daemon=True)
        waiting.start()
        dead = subprocess.run([ensemble, "kill-leader"], check=True, capture_output=True, text=True).stdout.strip()
        killed = time.monotonic()
        holder.retry(holder.set, "/kazoo/failover/ephemeral", b"1")
        print(f"   a write {time.monotonic() - killed:.2f} s after the leader was killed")
        await_true("the watch fires", lambda: seen[-1] == b"1")
        assert not got.is_set(), "two hold the lock"
        holder.retry(lock.release)
        assert got.wait(PATIENCE), "the waiter never gets the lock"
        subprocess.run([ensemble, "start", dead], check=True)
        for c in (holder, waiter, watcher):
            c.retry(c.sync, "/")
        assert sessions == [c.client_id[0] for c in (holder, waiter, watcher)], "a session was lost"
        assert waiter.retry(waiter.get, "/kazoo/failover/ephemeral")[0] == b"1"


if __name__ == "__main__":
    logging.disable()  # connections are meant to break here, and what matters is raised
    for trial in (operations, access, watches, locks, elections, queues, secure, failover):
        began = time.monotonic()
        trial()
        print(f"   kazoo: {trial.__name__} in {time.monotonic() - began:.1f} s", flush=True)
