// What the chain refuses of records, corrections and access.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { INVALID, UNDECODABLE, connect, done, event, refusal, rejection, submit } from './lib/chain.mjs';
import { startNode } from './lib/node.mjs';
import { SMALLEST, cid, hex, newRecord, payloadSize, register } from './lib/records.mjs';
import { assign, newPatient } from './lib/registration.mjs';

const UNKNOWN = 404;
const MIB = 2 ** 20;

describe('pallet-records refuses', () => {
  let node;
  let api;
  let patient;
  let other;
  let report;
  let foreign;
  const { doctor, officer } = hospitalA;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    [patient, other] = await Promise.all([newPatient(api), newPatient(api)]);
    await Promise.all([assign(api, patient, doctor), assign(api, other, doctor)]);
    [report, foreign] = await Promise.all([register(api, doctor, newRecord(patient)), register(api, doctor, newRecord(other))]);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const enter = (fields, purpose = 'Treatment', at = hospitalA.id) =>
    api.tx.records.register(newRecord(patient, fields), purpose, at);
  const access = (records, at = hospitalA.id) => api.tx.records.access(records, 'Treatment', at);
  const head = () => node.rpc('records_auditHead', [patient.id]);

  // Each call is refused with its name, and none leaves a record or an entry. They share blocks.
  async function allRefused(cases) {
    const before = [await head(), (await api.query.records.nextRecord()).toNumber()];
    const found = await Promise.all(cases.map(([, signer, call]) => refusal(api, signer, call)));
    assert.deepEqual(found, cases.map(([name]) => `records.${name}`));
    assert.deepEqual([await head(), (await api.query.records.nextRecord()).toNumber()], before, 'nothing is half done');
  }

  test('a malformed or empty CID', async () => {
    const digest = randomBytes(32);
    const malformed = {
      empty: [],
      'CIDv0': [0x12, 0x20, ...digest],
      'another version': [2, 0x55, 0x12, 0x20, ...digest],
      'another codec': [1, 0x71, 0x12, 0x20, ...digest],
      'another hash': [1, 0x55, 0x1b, 0x20, ...digest],
      'a digest cut short': [1, 0x55, 0x12, 0x20, ...digest.subarray(1)],
      'a byte too many': [1, 0x55, 0x12, 0x20, ...digest, 0],
      'the longest there can be': randomBytes(64),
    };
    await allRefused(Object.values(malformed).map((cid) => ['MalformedCid', doctor, enter({ cid: hex(cid) })]));
  });

  test('a size that no payload has', async () => {
    const sizes = [0, 1, SMALLEST - 1, SMALLEST + 1, payloadSize(16 * 1024 - 1), payloadSize(16 * 1024 + 1), 2n ** 40n + 1n, 2n ** 64n - 1n];
    await allRefused(sizes.map((size) => ['MalformedSize', doctor, enter({ size })]));
    for (const padded of [17 * 1024, MIB, 3 * MIB, 1024 * MIB]) await register(api, doctor, newRecord(patient, { size: payloadSize(padded) }));
  });

  test('a CID that is not of these bytes, or of a payload of this length', async () => {
    const [small, large] = [newRecord(patient), newRecord(patient, { size: payloadSize(3 * MIB) })];
    await allRefused([
      ['CidOfOtherBytes', doctor, enter({ cid: cid() })],
      ['CidOfOtherSize', doctor, enter({ cid: large.cid })],
      ['CidOfOtherSize', doctor, enter({ ...large, cid: small.cid })],
    ]);
  });

  test('a record of tomorrow, of nobody, or of an origin that is not its author\'s', async () => {
    const ofNobody = api.tx.records.register(newRecord(UNKNOWN), 'Treatment', hospitalA.id);
    await allRefused([
      ['RecordedInFuture', doctor, enter({ recordedAt: Date.now() + 10 * 60_000 })],
      ['UnknownPatient', doctor, ofNobody],
      ['OriginMismatch', doctor, enter({ origin: 'Patient' })],
      ['OriginMismatch', patient.account, enter({ origin: 'Clinician' }, 'PatientRequest', null)],
    ]);
  });

  test('the same payload twice for one patient', async () => {
    const record = newRecord(patient);
    const first = await register(api, doctor, record);
    await allRefused([['AlreadyRegistered', doctor, api.tx.records.register(record, 'Treatment', hospitalA.id)]]);
    assert.equal((await api.call.recordsApi.byHash(patient.id, record.sha256)).unwrap().toNumber(), first);
    const beginsAlike = record.sha256.slice(0, 2 + 2 * 16) + hex(randomBytes(16)).slice(2);
    await allRefused([['HashPrefixTaken', doctor, enter({ sha256: beginsAlike })]]);
    assert.ok((await api.call.recordsApi.byHash(patient.id, beginsAlike)).isNone, 'no document passes for another');
  });

  test('a record longer than its type, before it can reach a block', async () => {
    const tooLong = [
      enter({ cid: hex(randomBytes(65)) }),
      api.tx.records.registerBatch(Array.from({ length: 65 }, () => newRecord(patient)), 'Treatment', hospitalA.id),
      access(Array.from({ length: 65 }, (_, id) => id)),
    ];
    for (const call of tooLong) {
      const error = await rejection(submit(api, doctor, call));
      assert.equal(error.code, UNDECODABLE, error.message);
    }
  });

  test('a relation to what is not there, not hers, not alike or not current', async () => {
    const relate = (relation, target, fields) => enter({ relatesTo: [relation, target], ...fields });
    await allRefused([
      ['UnknownRecord', doctor, relate('Appends', UNKNOWN)],
      ['ForeignRelation', doctor, relate('Appends', foreign)],
      ['CategoryDiffers', doctor, relate('Replaces', report, { category: 'Imaging' })],
      ['CompartmentDiffers', doctor, relate('Replaces', report, { compartment: 7 })],
    ]);
    const first = await register(api, doctor, newRecord(patient));
    const second = await register(api, doctor, newRecord(patient, { relatesTo: ['Replaces', first] }));
    await allRefused([['NotCurrent', doctor, relate('Replaces', first)]]);
    assert.deepEqual((await node.rpc('records_get', [first])).status, { type: 'Superseded', by: second });
  });

  test('an author who may not write', async () => {
    await allRefused([
      ['NotPermitted', hospitalA.nurse, enter({ category: 'Vitals' })],
      ['NotPermitted', hospitalA.administrator, enter()],
      ['NotPermitted', hospitalB.doctor, enter({}, 'Treatment', hospitalB.id)],
      ['NotPermitted', hospitalB.doctor, enter()],
      ['NotPermitted', doctor, enter({}, 'Research')],
      ['NotPermitted', doctor, enter({ category: 'Claims' })],
      ['NotPermitted', doctor, enter({}, 'Treatment', UNKNOWN)],
      ['NotPermitted', other.account, enter({ origin: 'Patient' }, 'PatientRequest', null)],
    ]);
  });

  test('an author who is suspended, or was never registered', async () => {
    await done(api, officer, api.tx.roles.suspendCredential(doctor.address, hospitalA.id));
    await allRefused([['NotPermitted', doctor, enter()]]);
    const receipt = event(api, await done(api, doctor, access([report])), 'records', 'Accessed');
    assert.ok(receipt.entries[0].kind.asAccessRefused.reason.isInactive, 'she is refused, with a receipt');
    await done(api, officer, api.tx.roles.reinstateCredential(doctor.address, hospitalA.id));
    assert.equal((await rejection(submit(api, stranger(), enter()))).code, INVALID);
  });

  test('a batch with nothing in it, or with one bad record: all or none', async () => {
    const batch = (records) => api.tx.records.registerBatch(records, 'Treatment', hospitalA.id);
    const same = newRecord(patient);
    await allRefused([
      ['NoRecords', doctor, batch([])],
      ['MalformedSize', doctor, batch([newRecord(patient), newRecord(patient, { size: 1 })])],
      ['AlreadyRegistered', doctor, batch([same, same])],
      ['NotPermitted', doctor, batch([newRecord(patient), newRecord(patient, { category: 'Claims' })])],
    ]);
    const three = await done(api, doctor, batch([same, newRecord(patient), newRecord(other)]));
    assert.equal(three.events.filter(({ event }) => event.method === 'RecordRegistered').length, 3);
  });

  test('an access to nothing, to one record twice, to none that there is, or to two patients\' records', async () => {
    await allRefused([
      ['NoRecords', doctor, access([])],
      ['DuplicateRecord', doctor, access([report, report])],
      ['UnknownRecord', doctor, access([report, UNKNOWN])],
      ['MixedPatients', doctor, access([report, foreign])],
    ]);
  });

  test('a correction by others, of nothing, or twice', async () => {
    const mark = (record, at = hospitalA.id) => api.tx.records.markEnteredInError(record, 'WrongContent', at);
    const wrong = await register(api, doctor, newRecord(patient));
    await allRefused([
      ['UnknownRecord', doctor, mark(UNKNOWN)],
      ['NotPermitted', hospitalA.nurse, mark(wrong)],
      ['NotPermitted', hospitalB.doctor, mark(wrong, hospitalB.id)],
      ['NotPermitted', hospitalB.officer, mark(wrong)],
      ['NotPermitted', patient.account, mark(wrong, null)],
    ]);
    await done(api, doctor, mark(wrong));
    await allRefused([
      ['AlreadyEnteredInError', doctor, mark(wrong)],
      ['AlreadyEnteredInError', officer, mark(wrong)],
    ]);
    const hers = event(api, await done(api, patient.account, api.tx.records.access([wrong], 'PatientRequest', null)), 'records', 'Accessed');
    assert.ok(hers.entries[0].kind.asAccessRefused.reason.isUnavailable, 'the subject neither');
  });
});
