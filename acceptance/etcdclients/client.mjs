// npm's etcd3 on a server of etcd's API: keys, transactions, watches, leases, locks, elections.
import assert from 'node:assert';
import { Etcd3 } from 'etcd3';

const client = new Etcd3({ hosts: process.argv[2] });
await client.put('npm/a').value('one');
assert.equal(await client.get('npm/a').string(), 'one');
assert.equal(await client.get('npm/none').string(), null);
const put = client.put('npm/a').value('two');
const txn = await client.if('npm/a', 'Value', '==', 'one').then(put).else(client.get('npm/a')).commit();
assert.equal(txn.succeeded, true);
await client.put('npm/b').value('three');
assert.deepEqual(await client.getAll().prefix('npm/').strings(), { 'npm/a': 'two', 'npm/b': 'three' });

const watch = await client.watch().prefix('npm/w').create();
const told = new Promise((resolve) => watch.on('put', resolve));
await client.put('npm/w1').value('now');
assert.equal((await told).value.toString(), 'now');
await watch.cancel();

const lease = client.lease(10);
await lease.put('npm/leased').value('v');
assert.equal(await client.get('npm/leased').string(), 'v');
await lease.revoke();
assert.equal(await client.get('npm/leased').string(), null);

const held = await client.lock('npm/lock').ttl(5).acquire();
await assert.rejects(client.lock('npm/lock').ttl(5).acquire());
await held.release();

const election = client.election('npm/election', 5);
const campaign = election.campaign('me');
await new Promise((resolve, reject) => { campaign.on('elected', resolve); campaign.on('error', reject); });
assert.equal(await election.leader(), 'me');
await campaign.resign();

await client.namespace('npm/').delete().all();
assert.deepEqual(await client.getAll().prefix('npm/').keys(), []);
client.close();
console.log("   npm's etcd3: keys, transactions, watches, leases, locks, elections");
