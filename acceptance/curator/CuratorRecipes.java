import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;

/** Drives Curator, a client that is not ours, through its recipes and through a failover. */
public class CuratorRecipes {
    /** Many times what anything here takes. */
    private static final long PATIENCE_SECONDS = 60;
    /** The ensemble's configuration names the ports without TLS, and who follows it over TLS would end up there. */
    private static final boolean FOLLOWS = !Boolean.getBoolean("zookeeper.client.secure");

    private static String servers;
    private static String ensemble;

    /** Work is what a trial does; it may throw anything. */
    private interface Work {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        servers = args[0];
        ensemble = args[1];
        trial("operations", CuratorRecipes::operations);
        trial("locks", CuratorRecipes::locks);
        trial("elections", CuratorRecipes::elections);
        trial("queues", CuratorRecipes::queues);
        trial("cache", CuratorRecipes::cache);
        trial("failover", CuratorRecipes::failover);
        System.exit(0);
    }

    private static void trial(String name, Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        System.out.printf("   curator: %s in %.1f s%n", name, (System.nanoTime() - began) / 1e9);
    }

    private static CuratorFramework client() throws Exception {
        CuratorFramework c = CuratorFrameworkFactory.builder().connectString(servers)
            .sessionTimeoutMs(4000).connectionTimeoutMs(10_000)
            .retryPolicy(new RetryForever(50)).ensembleTracker(FOLLOWS).build();
        c.start();
        check(c.blockUntilConnected((int) PATIENCE_SECONDS, TimeUnit.SECONDS), "no connection");
        return c;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void awaitTrue(BooleanSupplier holds, String what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!holds.getAsBoolean()) {
            check(System.nanoTime() < deadline, what);
            Thread.sleep(5);
        }
    }

    /** Runs work in n threads, and passes on what it throws. */
    private static void inThreads(int n, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(n);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            ends.add(threads.submit(() -> {
                work.run();
                return null;
            }));
        }
        for (Future<?> end : ends) {
            end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        threads.shutdown();
    }

    private static void operations() throws Exception {
        try (CuratorFramework c = client()) {
            c.create().creatingParentContainersIfNeeded().forPath("/curator/ops/a", bytes("1"));
            check(c.checkExists().forPath("/curator/ops").getEphemeralOwner() == 0,
                "clients are not shown what marks a container");
            String path = c.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .forPath("/curator/ops/n-");
            check(path.endsWith("n-0000000001"), path);
            c.setData().withVersion(0).forPath("/curator/ops/a", bytes("2"));
            check(text(c.getData().forPath("/curator/ops/a")).equals("2"), "the data is not that of the write");
            List<?> results = c.transaction().forOperations(
                c.transactionOp().check().withVersion(1).forPath("/curator/ops/a"),
                c.transactionOp().create().forPath("/curator/ops/t"),
                c.transactionOp().delete().forPath("/curator/ops/t"));
            check(results.size() == 3, "a transaction's results");
            c.delete().deletingChildrenIfNeeded().forPath("/curator/ops");
            awaitTrue(
                () -> !FOLLOWS || c.getCurrentConfig() != null && c.getCurrentConfig().getAllMembers().size() == 3,
                "the client reads the ensemble's configuration");
        }
    }

    private static void locks() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger passed = new AtomicInteger();
        inThreads(4, () -> {
            try (CuratorFramework c = client()) {
                InterProcessMutex mutex = new InterProcessMutex(c, "/curator/lock");
                for (int i = 0; i < 5; i++) {
                    check(mutex.acquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "the lock is never free");
                    check(inside.incrementAndGet() == 1, "two hold the lock");
                    Thread.sleep(2);
                    inside.decrementAndGet();
                    passed.incrementAndGet();
                    mutex.release();
                }
                DistributedAtomicLong counter = new DistributedAtomicLong(c, "/curator/counter", new RetryForever(1));
                check(counter.increment().succeeded(), "the counter counts");
            }
        });
        check(passed.get() == 20, "passed " + passed);
        try (CuratorFramework c = client()) {
            long count = new DistributedAtomicLong(c, "/curator/counter", new RetryForever(1)).get().postValue();
            check(count == 4, "the counter is " + count);
        }
    }

    private static void elections() throws Exception {
        List<CuratorFramework> clients = new ArrayList<>();
        List<LeaderLatch> candidates = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(client());
            candidates.add(new LeaderLatch(clients.get(i), "/curator/election", "candidate " + i));
            candidates.get(i).start();
        }
        for (int left = 3; left > 0; left--) {
            awaitTrue(() -> candidates.stream().anyMatch(LeaderLatch::hasLeadership), "there is no leader");
            check(candidates.stream().filter(LeaderLatch::hasLeadership).count() == 1, "two lead");
            LeaderLatch leader = candidates.stream().filter(LeaderLatch::hasLeadership).findFirst().get();
            check(leader.getLeader().getId().equals(leader.getId()), "the leader is not the one that all see");
            int i = candidates.indexOf(leader);
            candidates.remove(i);
            if (left == 2) {
                clients.remove(i).close(); // its session ends, and its leadership with it
            } else {
                leader.close();
                clients.remove(i).close();
            }
        }
    }

    private static final QueueSerializer<Integer> NUMBERS = new QueueSerializer<>() {
        @Override
        public byte[] serialize(Integer item) {
            return bytes(item.toString());
        }

        @Override
        public Integer deserialize(byte[] data) {
            return Integer.valueOf(text(data));
        }
    };

    /** Takes items from a queue into a list. */
    private static QueueConsumer<Integer> into(List<Integer> taken) {
        return new QueueConsumer<>() {
            @Override
            public void consumeMessage(Integer item) {
                taken.add(item);
            }

            @Override
            public void stateChanged(CuratorFramework c, ConnectionState state) {}
        };
    }

    private static void queues() throws Exception {
        List<Integer> taken = Collections.synchronizedList(new ArrayList<>());
        try (CuratorFramework first = client(); CuratorFramework second = client()) {
            DistributedQueue<Integer> one =
                QueueBuilder.builder(first, into(taken), NUMBERS, "/curator/queue")
                    .lockPath("/curator/queuelock").buildQueue();
            DistributedQueue<Integer> two =
                QueueBuilder.builder(second, into(taken), NUMBERS, "/curator/queue")
                    .lockPath("/curator/queuelock").buildQueue();
            one.start();
            two.start();
            for (int i = 0; i < 30; i++) {
                one.put(i);
            }
            awaitTrue(() -> taken.size() >= 30, "items are missing");
            one.close();
            two.close();
            List<Integer> sorted = new ArrayList<>(taken);
            Collections.sort(sorted);
            for (int i = 0; i < 30; i++) {
                check(sorted.size() == 30 && sorted.get(i) == i, "taken were " + sorted);
            }
            SimpleDistributedQueue simple = new SimpleDistributedQueue(first, "/curator/simple");
            for (int i = 0; i < 10; i++) {
                simple.offer(bytes("" + i));
            }
            for (int i = 0; i < 10; i++) {
                check(text(simple.poll()).equals("" + i), "the queue is out of order");
            }
            check(simple.poll() == null, "the queue is empty");
        }
    }

    private static void cache() throws Exception {
        try (CuratorFramework c = client(); CuratorFramework writer = client();
                CuratorCache cache = CuratorCache.build(c, "/curator/cache")) {
            cache.start();
            for (int i = 0; i < 20; i++) {
                writer.create().orSetData().creatingParentsIfNeeded()
                    .forPath("/curator/cache/a/" + i % 5, bytes("" + i));
            }
            writer.delete().forPath("/curator/cache/a/0");
            awaitTrue(() -> holds(cache, "/curator/cache/a/4", "19") && holds(cache, "/curator/cache/a/1", "16")
                && cache.get("/curator/cache/a/0").isEmpty(), "the cache is not what the tree is");
            check(cache.size() == 6, "the cache has " + cache.size());
        }
    }

    private static boolean holds(CuratorCache cache, String path, String data) {
        return cache.get(path).map(ChildData::getData).map(CuratorRecipes::text).filter(data::equals).isPresent();
    }

    /** Kills the leader while a lock is held and a cache stands: no session may be lost. */
    private static void failover() throws Exception {
        try (CuratorFramework holder = client(); CuratorFramework watcher = client();
                CuratorCache cache = CuratorCache.build(watcher, "/curator/failover")) {
            Set<ConnectionState> states = ConcurrentHashMap.newKeySet();
            holder.getConnectionStateListenable().addListener((c, state) -> states.add(state));
            watcher.getConnectionStateListenable().addListener((c, state) -> states.add(state));
            InterProcessMutex mutex = new InterProcessMutex(holder, "/curator/failover-lock");
            mutex.acquire();
            PersistentNode node =
                new PersistentNode(holder, CreateMode.EPHEMERAL, false, "/curator/failover/here", bytes("0"));
            node.start();
            check(node.waitForInitialCreate(PATIENCE_SECONDS, TimeUnit.SECONDS), "the ephemeral is never there");
            cache.start();
            awaitTrue(() -> holds(cache, "/curator/failover/here", "0"), "the cache never fills");
            AtomicBoolean got = new AtomicBoolean();
            Thread waiting = new Thread(() -> {
                try {
                    InterProcessMutex other = new InterProcessMutex(watcher, "/curator/failover-lock");
                    other.acquire();
                    got.set(true);
                    other.release();
                } catch (Exception e) {
                    e.printStackTrace();
                }
            });
            waiting.start();
            String dead = run("kill-leader");
            long killed = System.nanoTime();
            // Not to the ephemeral: the client that keeps it writes its own data again when it has a connection again.
            holder.create().orSetData().forPath("/curator/failover/there", bytes(dead));
            System.out.printf("   a write %.2f s after the leader was killed%n", (System.nanoTime() - killed) / 1e9);
            awaitTrue(() -> holds(cache, "/curator/failover/there", dead), "the cache does not follow");
            check(!got.get(), "two hold the lock");
            mutex.release();
            awaitTrue(got::get, "the waiter never gets the lock");
            run("start", dead);
            check(!states.contains(ConnectionState.LOST), "a session was lost");
            node.close();
        }
    }

    /** Runs the ensemble's script, and returns what it prints. */
    private static String run(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(ensemble));
        command.addAll(List.of(args));
        // What it starts must not hold a pipe of ours open: only its own line is read.
        Process p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = p.inputReader().readLine();
        check(p.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && p.exitValue() == 0, "the ensemble's script failed");
        return line;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String text(byte[] data) {
        return new String(data, java.nio.charset.StandardCharsets.UTF_8);
    }
}
