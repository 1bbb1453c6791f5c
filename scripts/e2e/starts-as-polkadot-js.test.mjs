// The Polkadot.js apps' first minute with the node: nothing of ours is known to the client.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { WsProvider } from '@polkadot/api';
import { compactFromU8a, hexToU8a } from '@polkadot/util';
import { account, hospitalA, stranger } from './lib/accounts.mjs';
import { INVALID, connect, done, rejection, submit } from './lib/chain.mjs';
import { startNode, until } from './lib/node.mjs';

const EXTENSIONS = [
  'AuthorizeCall',
  'CheckNonZeroSender',
  'CheckSpecVersion',
  'CheckTxVersion',
  'CheckGenesis',
  'CheckMortality',
  'CheckNonce',
  'CheckWeight',
  'Quota',
  'CheckMetadataHash',
  'WeightReclaim',
];

describe('the node, as Polkadot.js starts with it', () => {
  let node;
  let provider;
  let api;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    provider = new WsProvider(node.url);
    await provider.isReady;
  });

  after(async () => {
    await provider?.disconnect();
    await api?.disconnect();
    await node?.stop();
  });

  test('metadata and runtime version are there', () => {
    assert.equal(api.runtimeVersion.specName.toString(), 'salus');
    assert.ok(api.runtimeVersion.specVersion.toNumber() >= 100);
    assert.equal(api.runtimeVersion.transactionVersion.toNumber(), 2);
    assert.equal(api.registry.chainSS58, 42);
    const calls = {
      roles: ['approveApplication', 'registerPatient', 'proposeAssignment'],
      consent: ['ask', 'approve', 'grant', 'revoke', 'deny'],
      records: ['register', 'registerBatch', 'markEnteredInError', 'access'],
    };
    for (const [pallet, names] of Object.entries(calls)) {
      for (const name of names) assert.ok(api.tx[pallet]?.[name], `${pallet}.${name} is a call`);
    }
  });

  test('the metadata is, byte for byte, what the client has checked in', async () => {
    const VERSION_16 = '0x10000000';
    const answer = hexToU8a(await node.rpc('state_call', ['Metadata_metadata_at_version', VERSION_16]));
    // Option<OpaqueMetadata>: 1, the length, the bytes.
    assert.equal(answer[0], 1, 'there is metadata of version 16');
    const [prefix, length] = compactFromU8a(answer.subarray(1));
    const metadata = answer.subarray(1 + prefix);
    assert.equal(metadata.length, length.toNumber());
    const checkedIn = readFileSync(new URL('../../node/client/metadata.scale', import.meta.url));
    const anew = 'cargo run --release -p salus-runtime --example metadata > node/client/metadata.scale';
    assert.ok(checkedIn.equals(metadata), `node/client/metadata.scale is another runtime's; make it anew: ${anew}`);
  });

  test('the chain, the node and its health answer', async () => {
    const [chain, name, version, health, properties] = await Promise.all([
      api.rpc.system.chain(),
      api.rpc.system.name(),
      api.rpc.system.version(),
      api.rpc.system.health(),
      api.rpc.system.properties(),
    ]);
    assert.ok(chain.length > 0 && name.length > 0 && version.length > 0);
    assert.equal(health.isSyncing.isTrue, false);
    assert.equal(properties.ss58Format.unwrapOr(42).toString(), '42');
  });

  test('the transaction extensions are the final ones, in their order', () => {
    assert.deepEqual(api.registry.signedExtensions, EXTENSIONS);
  });

  test('there is neither a token nor a sudo key', () => {
    const pallets = api.runtimeMetadata.asLatest.pallets.map(({ name }) => name.toString());
    for (const absent of ['Balances', 'TransactionPayment', 'Sudo']) assert.ok(!pallets.includes(absent), absent);
    assert.equal(api.tx.balances, undefined);
    assert.equal(api.tx.sudo, undefined);
  });

  test('storage is read without types of ours', async () => {
    const institution = (await api.query.roles.institutions(hospitalA.id)).unwrap();
    assert.ok(institution.kind.isHospital);
    assert.deepEqual(
      institution.officers.map(String),
      [hospitalA.officer.address, hospitalA.secondOfficer.address],
    );
    const credential = (await api.query.roles.credentials([hospitalA.doctor.address, hospitalA.id])).unwrap();
    assert.ok(credential.role.isDoctor);
    assert.equal((await api.query.session.validators()).map(String).join(), account('//Alice//stash').address);
  });

  test('our own RPC answers a raw request', async () => {
    const methods = await api.rpc.rpc.methods();
    assert.ok(methods.methods.map(String).includes('roles_institution'));
    const institution = await provider.send('roles_institution', [hospitalA.id]);
    assert.equal(institution.kind, 'Hospital');
    assert.equal(institution.seat, hospitalA.officer.address);
    assert.equal(await provider.send('roles_patient', [404]), null);
  });

  test('our runtime APIs are callable from metadata alone', async () => {
    const found = (await api.call.rolesApi.credential(hospitalA.doctor.address, hospitalA.id)).unwrap();
    assert.ok(found.active.isTrue);
    assert.ok(found.credential.role.isDoctor);
    const home = await api.call.rolesApi.home(hospitalA.nurse.address);
    assert.equal(home.unwrap().toNumber(), hospitalA.id);
    assert.ok((await api.call.rolesApi.home(stranger().address)).isNone);
    assert.ok((await api.call.recordsApi.record(0)).isNone);
  });

  test('a signed extrinsic is followed until it is final', async () => {
    const outcome = await submit(api, hospitalA.doctor, api.tx.system.remarkWithEvent('0x53616c7573'));
    assert.equal(outcome.error, null);
    const [remarked] = outcome.events.filter(({ event }) => api.events.system.Remarked.is(event));
    assert.equal(remarked.event.data.sender.toString(), hospitalA.doctor.address);
    const head = await api.rpc.chain.getFinalizedHead();
    const { number } = await api.rpc.chain.getHeader(head);
    assert.ok(number.toNumber() >= outcome.number, 'its block is final');
    assert.equal((await api.rpc.chain.getBlockHash(outcome.number)).toHex(), outcome.hash);
  });

  test('its sender pays nothing, and her nonce grows', async () => {
    const before = (await api.query.system.account(hospitalA.nurse.address)).nonce.toNumber();
    await done(api, hospitalA.nurse, api.tx.system.remark('0x00'));
    const { nonce, providers, data } = await api.query.system.account(hospitalA.nurse.address);
    assert.equal(nonce.toNumber(), before + 1);
    assert.ok(providers.toNumber() > 0);
    assert.equal(data.toU8a().length, 0, 'an account has no balance');
  });

  test('finalised heads are pushed, each above the one before', async () => {
    const heads = [];
    const unsubscribe = await api.rpc.chain.subscribeFinalizedHeads((head) => heads.push(head));
    await until('three finalised heads', () => heads.length >= 3);
    unsubscribe();
    const numbers = heads.map(({ number }) => number.toNumber());
    // One round of GRANDPA can finalise several blocks, and pushes the last of them.
    numbers.slice(1).forEach((number, at) => assert.ok(number > numbers[at], numbers.join()));
    for (const { hash, number } of heads) assert.ok((await api.rpc.chain.getBlockHash(number.unwrap())).eq(hash));
  });

  test('an account without standing is rejected at the pool', async () => {
    const error = await rejection(submit(api, stranger(), api.tx.system.remark('0x00')));
    assert.equal(error.code, INVALID);
    assert.match(error.data, /^Inability to pay some fees/);
  });

  test('a transaction signed for another chain is rejected at the pool', async () => {
    const foreign = api.tx.system.remark('0x00').sign(hospitalA.doctor, {
      blockHash: api.genesisHash,
      era: 0,
      genesisHash: `0x${'11'.repeat(32)}`,
      nonce: await api.rpc.system.accountNextIndex(hospitalA.doctor.address),
      runtimeVersion: api.runtimeVersion,
    });
    const error = await rejection(api.rpc.author.submitExtrinsic(foreign));
    assert.equal(error.code, INVALID);
    assert.match(error.data, /bad signature/);
  });
});
