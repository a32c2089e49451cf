package zoocfg

import "strings"

// idle says why a key of ZooKeeper's is not used here.
func idle(key string) (why string, known bool) {
	for _, k := range idleKeys {
		if key == k.key || (strings.HasSuffix(k.key, ".") || strings.HasSuffix(k.key, "_")) && strings.HasPrefix(key, k.key) {
			return k.why, true
		}
	}
	return "", false
}

const noSASLUse = "SASL is not served"

// idleKeys are keys that can't mean anything here. One that ends in a dot or a _ stands for all that begin so.
var idleKeys = []struct{ key, why string }{
	{"autopurge.", "old snapshots and logs are removed as soon as nothing needs them"},
	{"preAllocSize", "the log's files grow as they are written"},
	{"txnLogSizeLimitInKb", "a file of the log ends at 64 MiB"},
	{"electionAlg", "the leader is elected by raft"},
	{"electionPortBindRetry", "there is no port of its own for elections"},
	{"cnxTimeout", "there is no port of its own for elections"},
	{"leaderServes", "the leader always serves clients"},
	{"syncEnabled", "an observer always keeps a log"},
	{"fsync.warningthresholdms", "slow syncs are not reported"},
	{"group.", "every voter has one vote"},
	{"weight.", "every voter has one vote"},
	{"multiAddress.", "a server has one address"},
	{"maxCnxns", "only connections from one address are limited"},
	{"clientPortListenBacklog", "the system's own is taken"},
	{"serverCnxnFactory", "there is one way to serve connections"},
	{"client.portUnification", "TLS has a port of its own"},
	{"portUnification", "TLS has a port of its own"},
	{"admin.", "the HTTP server has no more to set"},
	{"metricsProvider.", "the metrics have no more to set"},
	{"ssl.", "Go's TLS has its own"},
	{"tcpKeepAlive", "connections between servers are checked every second"},
	{"digest.enabled", "states are compared by a hash of their own"},
	{"nio.", "connections are served by goroutines"},
	{"commitProcessor.", "one goroutine applies what is committed"},
	{"snapshot.", "snapshots have a format of their own"},
	{"request_throttler.", "reading stops at globalOutstandingLimit"},
	{"quorum.auth.", noSASLUse},
	{"sasl.", noSASLUse},
	{"kerberos.", noSASLUse},
	{"security.auth_to_local", noSASLUse},
	{"allowSaslFailedClients", noSASLUse},
	{"letAnySaslUserDoX", noSASLUse},
	{"superUser", noSASLUse},
	{"SASLAuthenticationProvider.", noSASLUse},
	{"jaasLoginRenew", noSASLUse},
	{"X509AuthenticationProvider.", "clients are known by the subjects of their certificates"},
	{"audit.", "there is no audit log"},
	{"enableEagerACLCheck", "ACLs are checked where a request is applied, which every one is"},
	{"sslQuorumReloadCertFiles", "certificates are read at the start"},
	{"client.certReload", "certificates are read at the start"},
	{"fips-mode", "Go's TLS has its own"},
	{"observerMasterPort", "observers hear from the leader"},
	{"connectToLearnerMasterLimit", "how long a server may lag is raft's to decide"},
	{"quorum.cnxn.threads.size", "connections are served by goroutines"},
	{"jvm.", "there is no JVM"},
	{"oraclePath", "there are no oracles: a majority decides"},
	{"netty.", "connections are served by goroutines"},
	{"connection_throttle_", "only connections from one address are limited"},
	{"request_throttle_", "reading stops at globalOutstandingLimit"},
	{"request_stale_", "reading stops at globalOutstandingLimit"},
	{"largeRequestMaxBytes", "jute.maxbuffer bounds a request"},
	{"largeRequestThreshold", "jute.maxbuffer bounds a request"},
	{"throttled_op_wait_time", "no operation is throttled"},
	{"commitLogCount", "followers catch up from the log"},
	{"snapshotSizeFactor", "followers catch up from the log"},
	{"forceSnapshotSync", "followers catch up from the log"},
	{"leader.", "servers speak raft with each other"},
	{"learner.", "servers speak raft with each other"},
	{"follower.", "servers speak raft with each other"},
	{"observer.", "servers speak raft with each other"},
	{"fastleader.", "the leader is elected by raft"},
	{"clientTcpKeepAlive", "silent clients are found by their timeouts"},
	{"maxResponseCacheSize", "answers are not cached"},
	{"maxGetChildrenResponseCacheSize", "answers are not cached"},
	{"watchManagerName", "there is one way to keep watches"},
	{"watcherCleanThreadsNum", "there is one way to keep watches"},
	{"watcherCleanThreshold", "there is one way to keep watches"},
	{"watcherCleanIntervalInSeconds", "there is one way to keep watches"},
	{"pathStats.", "paths are not counted"},
	{"messageTracker.", "messages are not recorded"},
	{"closeSessionTxn.enabled", "the end of a session always tells its znodes"},
	{"emulate353TTLNodes", "znodes have one form"},
	{"datadir.autocreate", "the directory is made when it is missing"},
	{"db.autocreate", "an empty directory is a new server"},
	{"flushDelay", "what came in together is synced together"},
	{"maxWriteQueuePollTime", "what came in together is synced together"},
	{"maxBatchSize", "what came in together is synced together"},
}
