import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/** Says what ZooKeeper makes of configuration files, one line a file: "refused", or what it reads. */
public class ReadConfigs {
    public static void main(String[] files) {
        for (String file : files) {
            System.out.println(read(file));
        }
    }

    static String read(String file) {
        QuorumPeerConfig c = new QuorumPeerConfig();
        QuorumPeerConfig.setStandaloneEnabled(true);
        QuorumPeerConfig.setReconfigEnabled(false);
        try {
            c.parse(file);
        } catch (Exception e) {
            return "refused";
        }
        StringBuilder servers = new StringBuilder();
        Map<Long, QuorumPeer.QuorumServer> all = new TreeMap<>(c.getQuorumVerifier().getAllMembers());
        for (QuorumPeer.QuorumServer s : all.values()) {
            servers.append(' ').append(s.id).append(s.type == QuorumPeer.LearnerType.OBSERVER ? "o" : "");
        }
        return "tick " + c.getTickTime() + " port "
            + (c.getClientPortAddress() == null ? "none" : c.getClientPortAddress().getPort())
            + " max " + c.getMaxClientCnxns() + " sessions " + c.getMinSessionTimeout() + " " + c.getMaxSessionTimeout()
            + " alone " + !c.isDistributed() + " local " + c.areLocalSessionsEnabled()
            + " all " + c.getQuorumListenOnAllIPs() + " reconfig " + QuorumPeerConfig.isReconfigEnabled()
            + " servers" + servers;
    }
}
