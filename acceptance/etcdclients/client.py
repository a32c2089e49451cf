"""python3-etcd3 on a server of etcd's API: keys, transactions, watches, leases, locks."""
import sys
import threading

import etcd3

client = etcd3.client(host=sys.argv[1], port=int(sys.argv[2]))
client.put('py/a', 'one')
value, meta = client.get('py/a')
assert value == b'one' and meta.version == 1, (value, meta)
assert client.put_if_not_exists('py/b', 'x') and not client.put_if_not_exists('py/b', 'y')
assert client.replace('py/b', 'x', 'z') and client.get('py/b')[0] == b'z'
assert [m.key for _, m in client.get_prefix('py/', sort_order='descend')] == [b'py/b', b'py/a']
done, answers = client.transaction(
    compare=[client.transactions.value('py/a') == 'one', client.transactions.version('py/a') > 0],
    success=[client.transactions.put('py/a', 'two'), client.transactions.get('py/a')], failure=[])
assert done and answers[1][0][0] == b'two', answers

events, cancel = client.watch('py/w')
threading.Timer(0.3, lambda: client.put('py/w', 'now')).start()
event = next(events)
assert event.value == b'now', event
cancel()
client.delete('py/w')
events, cancel = client.watch('py/w', start_revision=event._event.kv.mod_revision)
assert type(next(events)).__name__ == 'PutEvent' and type(next(events)).__name__ == 'DeleteEvent'
cancel()

lease = client.lease(600)
client.put('py/leased', 'v', lease)
assert lease.granted_ttl == 600 and lease.keys == [b'py/leased'] and lease.refresh()[0].TTL == 600
lease.revoke()
assert client.get('py/leased')[0] is None

with client.lock('py', ttl=20) as lock:
    assert lock.is_acquired()
    # Debian's tenacity has no wait that a second acquire could use: the key tells that it is held.
    assert not client.put_if_not_exists(lock.key, 'other')
assert client.status().version and list(client.members)
assert client.delete_prefix('py/').deleted == 2
print('   python3-etcd3: keys, transactions, watches, leases, locks')
