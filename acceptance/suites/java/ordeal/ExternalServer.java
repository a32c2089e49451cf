package ordeal;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * Where ZooKeeper's own tests would have a server take connections inside their JVM, this starts a server as a process
 * of its own, on the same port and data: the program that ordeal.program names, with one argument, a zoo.cfg. The
 * tests' server is there, so that they can be handed one, and is never started.
 *
 * <p>-Dzookeeper.serverCnxnFactory=ordeal.ExternalServer puts it in its place.
 */
public class ExternalServer extends ServerCnxnFactory {

    private InetSocketAddress address;
    private int backlog;
    private Process process;

    @Override
    public void configure(InetSocketAddress address, int maxClients, int backlog, boolean secure) throws IOException {
        int port = address.getPort();
        if (port == 0) {
            try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
                port = free.getLocalPort();
            }
        }
        this.address = new InetSocketAddress(address.getAddress(), port);
        this.maxClientCnxns = maxClients;
        this.backlog = backlog;
        this.secure = secure;
    }

    private int maxClientCnxns;

    @Override
    public void startup(ZooKeeperServer server, boolean start) throws IOException, InterruptedException {
        setZooKeeperServer(server);
        if (!start) {
            return;
        }
        File data = server.getTxnLogFactory().getDataDir().getParentFile();
        Path config = Files.createTempFile("ordeal-", ".cfg");
        StringBuilder text = new StringBuilder();
        text.append("dataDir=").append(data).append('\n');
        text.append("clientPort=").append(address.getPort()).append('\n');
        text.append("tickTime=").append(server.getTickTime()).append('\n');
        text.append("maxClientCnxns=").append(Math.max(0, maxClientCnxns)).append('\n');
        text.append("minSessionTimeout=").append(server.getMinSessionTimeout()).append('\n');
        text.append("maxSessionTimeout=").append(server.getMaxSessionTimeout()).append('\n');
        for (String name : System.getProperties().stringPropertyNames()) {
            String value = System.getProperty(name);
            if (name.startsWith("zookeeper.") && value.contains(" ")) { // a flag is a word, so this can't be one
                text.append(name).append('=').append(value).append('\n');
            }
        }
        Files.write(config, text.toString().getBytes());
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("ordeal.program"), "serve", config.toString());
        builder.environment().put("SERVER_JVMFLAGS", flags());
        File log = new File(System.getProperty("ordeal.log"));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
        process = builder.start();
        Process started = process;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        await();
    }

    /** flags are the properties that a start script would hand on. */
    private static String flags() {
        StringBuilder flags = new StringBuilder();
        for (String name : System.getProperties().stringPropertyNames()) {
            String value = System.getProperty(name);
            boolean ours = name.startsWith("zookeeper.") || name.equals("jute.maxbuffer")
                || name.equals("readonlymode.enabled");
            if (ours && !value.isEmpty() && !value.contains(" ")) {
                flags.append("-D").append(name).append('=').append(value).append(' ');
            }
        }
        return flags.toString();
    }

    /** await waits until the port is open: behind startup a test may connect at once. */
    private void await() throws InterruptedException {
        for (int i = 0; i < 300 && process.isAlive(); i++) {
            try (java.net.Socket socket = new java.net.Socket("127.0.0.1", address.getPort())) {
                return;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
    }

    @Override
    public void shutdown() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void join() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.waitFor();
        }
    }

    @Override
    public void start() {
    }

    @Override
    public int getLocalPort() {
        return address.getPort();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return address;
    }

    @Override
    public Iterable<ServerCnxn> getConnections() {
        return Collections.emptyList();
    }

    @Override
    public int getSocketListenBacklog() {
        return backlog;
    }

    @Override
    public int getMaxClientCnxnsPerHost() {
        return maxClientCnxns;
    }

    @Override
    public void setMaxClientCnxnsPerHost(int max) {
        maxClientCnxns = max;
    }

    @Override
    public void reconfigure(InetSocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void closeAll(ServerCnxn.DisconnectReason reason) {
    }

    @Override
    public void resetAllConnectionStats() {
    }

    @Override
    public Iterable<Map<String, Object>> getAllConnectionInfo(boolean brief) {
        return Collections.emptyList();
    }
}
