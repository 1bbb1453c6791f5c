// Session keys: the node makes them and proves them, the validator's account sets them, and nobody else's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { account, hospitalA, hospitalB } from './lib/accounts.mjs';
import { connect, done, refusal } from './lib/chain.mjs';
import { startNode } from './lib/node.mjs';
import { hex } from './lib/records.mjs';
import { newPatient } from './lib/registration.mjs';
import { storageOf } from './lib/storage.mjs';

// sr25519, ed25519, sr25519.
const KEYS = ['aura', 'grandpa', 'authorityDiscovery'];
const KEY_TYPES = ['0x61757261', '0x6772616e', '0x61756469'];
const KEY_LENGTH = 32;

describe('session keys', () => {
  let node;
  let api;
  const validator = account('//Alice//stash');
  // The validator's account of the hospital that has no validator in this preset.
  const bystander = account('//Bob//stash');

  before(async () => {
    node = await startNode();
    api = await connect(node);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // New keys of the node, with the proof that their holder means them for this account.
  const rotate = (owner) => node.rpc('author_rotateKeysWithOwner', [hex(owner.publicKey)]);
  const set = ({ keys, proof }) => api.tx.session.setKeys(keys, proof);

  test('made by the node for its validator are set by the validator', async () => {
    const authorities = (await api.query.aura.authorities()).toHex();
    const made = await rotate(validator);
    assert.equal(hexToU8a(made.keys).length, KEYS.length * KEY_LENGTH);
    assert.equal(await node.rpc('author_hasSessionKeys', [made.keys]), true);
    await done(api, validator, set(made));
    const next = (await api.query.session.nextKeys(validator.address)).unwrap();
    assert.equal(next.toHex(), made.keys);
    for (const [index, name] of KEYS.entries()) {
      const owner = await api.query.session.keyOwner([KEY_TYPES[index], next[name].toHex()]);
      assert.equal(owner.unwrap().toString(), validator.address, name);
    }
    assert.equal((await api.query.aura.authorities()).toHex(), authorities, 'they serve from a later session on');
    const again = await rotate(validator);
    assert.notEqual(again.keys, made.keys);
    await done(api, validator, set(again));
    assert.equal((await api.query.session.nextKeys(validator.address)).unwrap().toHex(), again.keys);
    const [type, old] = [KEY_TYPES[0], next.aura.toHex()];
    assert.ok((await api.query.session.keyOwner([type, old])).isNone, 'the earlier ones are nobody\'s');
  });

  test('of an institution that does not validate yet are set too, and change nothing until the council names it', async () => {
    const made = await rotate(bystander);
    await done(api, bystander, set(made));
    assert.equal((await api.query.session.nextKeys(bystander.address)).unwrap().toHex(), made.keys);
    assert.deepEqual((await api.query.consortium.validators()).map(String), [validator.address]);
  });

  test('of an account that is no institution\'s validator are refused, whosever it is', async () => {
    const before = await storageOf(node, 'Session');
    const patient = await newPatient(api);
    const others = [hospitalA.officer, hospitalB.officer, hospitalA.secondOfficer, hospitalA.doctor, patient.account];
    const found = await Promise.all(others.map(async (other) => refusal(api, other, set(await rotate(other)))));
    assert.deepEqual(found, others.map(() => 'session.NoAssociatedValidatorId'));
    assert.deepEqual(await storageOf(node, 'Session'), before);
  });

  test('with a proof that is wrong in one of many ways are refused', async () => {
    const before = await storageOf(node, 'Session');
    const [mine, earlier, others] = [await rotate(validator), await rotate(validator), await rotate(bystander)];
    const proof = hexToU8a(mine.proof);
    const flipped = proof.slice();
    flipped[0] ^= 1;
    // The first signature is the first key's: two keys of one scheme do not sign for each other.
    const swapped = [...proof.slice(-64), ...proof.slice(64, -64), ...proof.slice(0, 64)];
    const wrong = {
      'none': '0x',
      'of another account': others,
      'of other keys': earlier.proof,
      'cut short': u8aToHex(proof.slice(0, -1)),
      'with a byte too many': u8aToHex(Uint8Array.from([...proof, 0])),
      'with a bit flipped': u8aToHex(flipped),
      'in another order': u8aToHex(Uint8Array.from(swapped)),
      'of zeros': u8aToHex(new Uint8Array(proof.length)),
    };
    const cases = Object.entries(wrong).map(([how, what]) => [how, what.keys ? what : { keys: mine.keys, proof: what }]);
    const found = await Promise.all(cases.map(async ([how, what]) => [how, await refusal(api, validator, set(what))]));
    assert.deepEqual(found, cases.map(([how]) => [how, 'session.InvalidProof']));
    // Whoever has seen a validator's keys and proof cannot send them as her own.
    assert.equal(await refusal(api, bystander, set(mine)), 'session.InvalidProof');
    assert.deepEqual(await storageOf(node, 'Session'), before);
    await done(api, validator, set(mine));
  });

  test('are never taken away: the set would fall below its floor', async () => {
    const before = await storageOf(node, 'Session');
    assert.equal(await refusal(api, validator, api.tx.session.purgeKeys()), 'system.CallFiltered');
    assert.deepEqual(await storageOf(node, 'Session'), before);
  });

  test('made without an owner have no proof, and cannot be set', async () => {
    const keys = await node.rpc('author_rotateKeys');
    assert.equal(hexToU8a(keys).length, KEYS.length * KEY_LENGTH);
    assert.equal(await refusal(api, validator, set({ keys, proof: '0x' })), 'session.InvalidProof');
  });
});
