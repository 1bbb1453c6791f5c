// Each method of ours over JSON-RPC: answers, pages, blocks, and typed errors.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomAsHex } from '@polkadot/util-crypto';
import { hospitalA, hospitalB } from './lib/accounts.mjs';
import { connect, done, event } from './lib/chain.mjs';
import { startNode, until } from './lib/node.mjs';
import { newRecord, register } from './lib/records.mjs';
import { assign, newPatient } from './lib/registration.mjs';
import { denial, inDays, terms } from './lib/terms.mjs';

describe('our JSON-RPC', () => {
  let node;
  let api;
  let patient;
  let records;
  let receipt;
  let beforeAll;
  const asker = hospitalB.doctor;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    beforeAll = await node.rpc('chain_getFinalizedHead');
    patient = await newPatient(api);
    await assign(api, patient, hospitalA.doctor);
    records = [];
    for (const category of ['Laboratory', 'Imaging', 'Laboratory']) {
      records.push(await register(api, hospitalA.doctor, newRecord(patient, { category })));
    }
    const asked = [1, 2, 3].map((n) => done(api, asker, api.tx.consent.ask(patient.id, hospitalB.id, terms(api, { records: [n] }), inDays(1))));
    const granted = ['Doctor', 'Nurse', 'Pharmacist'].map((role) =>
      done(api, patient.account, api.tx.consent.grant(patient.id, { Role: [role, hospitalB.id] }, terms(api, { uses: 9 }))));
    const denied = done(api, patient.account, api.tx.consent.deny(patient.id, denial({ category: 'Genomic' })));
    await Promise.all([...asked, ...granted, denied]);
    const accessed = await done(api, asker, api.tx.records.access(records, 'Treatment', hospitalB.id));
    receipt = event(api, accessed, 'records', 'Accessed').receipt.toNumber();
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // The error of a call, as a client sees it.
  async function errorOf(method, params, at = node) {
    try {
      const answer = await at.rpc(method, params);
      return assert.fail(`${method} ${JSON.stringify(params)} answered ${JSON.stringify(answer)}`);
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
      return error;
    }
  }

  async function refused(method, params, code, name, data = {}) {
    const error = await errorOf(method, params);
    assert.deepEqual([error.code, error.data], [code, { name, ...data }], `${method} ${JSON.stringify(params)}: ${error.message}`);
    assert.ok(error.message.length > 10, 'it says what to do');
  }

  const question = () => ({
    requester: asker.address,
    onBehalfOf: hospitalB.id,
    patient: patient.id,
    record: records[0],
    custodian: hospitalA.id,
    category: 'Laboratory',
    recordedAt: Date.now(),
    author: hospitalA.doctor.address,
    status: { type: 'Current' },
    action: 'View',
    purpose: 'Treatment',
  });

  const did = (named) => `did:salus:${api.genesisHash.toHex().slice(2)}:${named}`;

  // Every method with a good call, by the names of its parameters.
  const calls = () => ({
    roles_institution: { id: hospitalA.id },
    roles_credential: { account: hospitalA.doctor.address, institution: hospitalA.id },
    roles_patient: { id: patient.id },
    roles_did: { did: did(`patient:${patient.id}`) },
    consent_decide: { request: question() },
    consent_grants: { patient: patient.id },
    consent_requests: { patient: patient.id },
    consent_denials: { patient: patient.id },
    records_get: { id: records[0] },
    records_list: { patient: patient.id },
    records_history: { id: records[0] },
    records_receipt: { id: receipt },
    records_auditHead: { patient: patient.id },
    records_audit: { patient: patient.id },
    appointments_availability: { practitioner: hospitalA.doctor.address, from: 0, to: 1 },
    appointments_list: { of: { patient: patient.id } },
    appointments_waiting: { practitioner: hospitalA.doctor.address },
    telemetry_bindings: { patient: patient.id },
    telemetry_anchors: { patient: patient.id },
    telemetry_verify: { leaf: `0x${'00'.repeat(32)}`, path: { index: 0, siblings: [] }, anchor: 0 },
    telemetry_alerts: { patient: patient.id },
  });

  test('every method is listed', async () => {
    const { methods } = await node.rpc('rpc_methods');
    for (const method of [...Object.keys(calls()), 'appointments_get', 'appointments_consultation', 'appointments_subscribeAvailability', 'telemetry_device', 'telemetry_binding', 'telemetry_anchor', 'telemetry_alert', 'telemetry_subscribeEvents', 'vault_status', 'vault_release']) assert.ok(methods.includes(method), method);
  });

  test('parameters go by name and by position alike, and a finalised block may be named', async () => {
    const head = await node.rpc('chain_getFinalizedHead');
    for (const [method, named] of Object.entries(calls())) {
      const answer = await node.rpc(method, named);
      assert.ok(answer !== null, `${method} answers`);
      assert.deepEqual(await node.rpc(method, Object.values(named)), answer, `${method} by position`);
      if (method === 'records_audit') continue;
      assert.deepEqual(await node.rpc(method, { ...named, at: head }), answer, `${method} at the head`);
    }
  });

  test('a block of before shows what was then', async () => {
    const at = beforeAll;
    assert.equal((await node.rpc('roles_institution', { id: 0, at })).kind, 'Hospital');
    assert.equal(await node.rpc('roles_patient', { id: patient.id, at }), null);
    assert.equal(await node.rpc('records_get', { id: records[0], at }), null);
    assert.deepEqual(await node.rpc('consent_grants', { patient: patient.id, at }), { items: [], next: null });
    assert.equal((await node.rpc('records_auditHead', { patient: patient.id, at })).entries, 0);
    assert.deepEqual(await node.rpc('consent_decide', { request: question(), at }), { type: 'Deny', reason: 'NoGrant' });
  });

  test('the registry', async () => {
    const institution = await node.rpc('roles_institution', [0]);
    assert.deepEqual(institution.officers, [hospitalA.officer.address, hospitalA.secondOfficer.address]);
    assert.equal(institution.hpke.type, 'X25519');
    assert.match(institution.hpke.key, /^0x[0-9a-f]{64}$/);
    assert.ok(institution.admissionTerms.categories.includes('Laboratory'));
    const hexAccount = `0x${Buffer.from(hospitalA.doctor.publicKey).toString('hex')}`;
    const credential = await node.rpc('roles_credential', [hexAccount, '0']);
    assert.deepEqual([credential.role, credential.status, credential.active], ['Doctor', 'Active', true]);
    const found = await node.rpc('roles_patient', [String(patient.id)]);
    assert.deepEqual([found.controller, found.status], [patient.account.address, { type: 'Active' }]);
    assert.equal(await node.rpc('roles_credential', [asker.address, hospitalA.id]), null);
    assert.equal(await node.rpc('roles_institution', [404]), null);
    assert.equal(await node.rpc('roles_patient', ['18446744073709551615']), null);
  });

  test('identifiers are resolved as W3C has it, and refused with the standard\'s errors', async () => {
    const id = did('institution:0');
    const { didDocument, didDocumentMetadata } = await node.rpc('roles_did', [id]);
    assert.deepEqual([didDocument.id, didDocumentMetadata], [id, { deactivated: false }]);
    assert.deepEqual(didDocument.authentication, [hospitalA.officer, hospitalA.secondOfficer].map(({ address }) => `${id}#${address}`));
    const hers = (await node.rpc('roles_did', [did(`patient:${patient.id}`)])).didDocument;
    assert.equal(hers.verificationMethod.length, 2, 'her account and her key');
    const type = (name) => `https://www.w3.org/ns/did#${name}`;
    await refused('roles_did', [`${id}0x`], 7011, 'InvalidDid', { type: type('INVALID_DID') });
    await refused('roles_did', ['-1'], 7011, 'InvalidDid', { type: type('INVALID_DID') });
    await refused('roles_did', ['did:web:example.org'], 7012, 'DidMethodNotSupported', { type: type('METHOD_NOT_SUPPORTED') });
    const genesis = `0x${'0a'.repeat(32)}`;
    await refused('roles_did', [id.replace(api.genesisHash.toHex().slice(2), genesis.slice(2))], 7013, 'ForeignDid', { type: type('NOT_FOUND'), genesis });
    await refused('roles_did', [did('institution:404')], 7014, 'UnknownDid', { type: type('NOT_FOUND') });
    await refused('roles_did', { did: did(`patient:${patient.id}`), at: beforeAll }, 7014, 'UnknownDid', { type: type('NOT_FOUND') });
  });

  test('the decision, as an object and in SCALE, is the chain\'s', async () => {
    const asked = question();
    const { grantee, id: grant } = (await node.rpc('consent_grants', [patient.id])).items[1];
    assert.deepEqual(grantee, { type: 'Role', role: 'Doctor', institution: hospitalB.id });
    const mine = { ...asked, record: 1 };
    assert.deepEqual(await node.rpc('consent_decide', [mine]), { type: 'Permit', basis: { type: 'Grant', grant } });
    assert.deepEqual(await node.rpc('consent_decide', [{ ...asked, category: 'Imaging' }]), { type: 'Deny', reason: 'CategoryMismatch' });
    assert.deepEqual(await node.rpc('consent_decide', [{ ...asked, category: 'Genomic' }]), { type: 'Deny', reason: 'Refused' });
    assert.deepEqual(await node.rpc('consent_decide', [{ ...asked, onBehalfOf: null }]), { type: 'Deny', reason: 'Unknown' });
    const scale = api.createType('SalusPrimitivesAccessAccessRequest', { ...mine, compartment: null, status: 'Current' });
    assert.deepEqual(await node.rpc('consent_decide', [scale.toHex()]), { type: 'Permit', basis: { type: 'Grant', grant } });
    const onChain = await api.call.consentApi.decide(scale);
    assert.ok(onChain.asPermit.asGrant.eqn(grant));
  });

  test('lists come in pages, each item once and in order', async () => {
    const lists = { consent_grants: 4, consent_requests: 3, records_list: 3 };
    for (const [method, length] of Object.entries(lists)) {
      const whole = await node.rpc(method, [patient.id]);
      assert.deepEqual([whole.items?.length, whole.next], [length, null], method);
      for (const limit of [1, 2, length]) {
        const found = [];
        let cursor = null;
        do {
          const page = await node.rpc(method, { patient: patient.id, cursor, limit });
          assert.ok(page.items.length <= limit);
          found.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        assert.deepEqual(found, whole.items, `${method} by ${limit}`);
      }
      assert.deepEqual((await node.rpc(method, { patient: patient.id, limit: 256 })).items, whole.items);
      assert.deepEqual(await node.rpc(method, { patient: 404 }), { items: [], next: null });
    }
  });

  test('records: metadata, filters, history, receipt', async () => {
    const record = await node.rpc('records_get', [records[1]]);
    assert.deepEqual(
      [record.id, record.patient, record.author, record.custodian, record.category, record.previous],
      [records[1], patient.id, hospitalA.doctor.address, hospitalA.id, 'Imaging', records[0]],
    );
    assert.match(record.cid, /^baf[a-z2-7]+$/);
    const stored = (await api.query.records.records(records[1])).unwrap();
    assert.deepEqual(
      // @polkadot/api gives a field that is called as a method of Map is an underscore.
      ['patient', 'custodian', 'size_', 'recordedAt', 'registeredAt'].map((field) => stored[field].toNumber()),
      [record.patient, record.custodian, record.size, record.recordedAt, record.registeredAt],
    );
    assert.equal(stored.cid.length, 36, 'numbers are stored compact, and read like others');
    const ids = async (filter) => (await node.rpc('records_list', { patient: patient.id, filter })).items.map(({ id }) => id);
    assert.deepEqual(await ids({ category: 'Laboratory' }), [records[2], records[0]]);
    assert.deepEqual(await ids({ custodian: hospitalB.id }), []);
    assert.deepEqual(await ids({ recordedFrom: inDays(1) }), []);
    assert.deepEqual(await ids({ currentOnly: true, recordedUntil: String(inDays(1)) }), [...records].reverse());
    assert.deepEqual((await node.rpc('records_history', [records[0]])).map(({ id }) => id), [records[0]]);
    const found = await node.rpc('records_receipt', [receipt]);
    assert.deepEqual([found.requester, found.onBehalfOf, found.patient, found.purpose], [asker.address, hospitalB.id, patient.id, 'Treatment']);
    assert.deepEqual(found.outcomes.map(({ record }) => record), records);
    assert.deepEqual(found.outcomes[1].decision, { type: 'Deny', reason: 'CategoryMismatch' });
    assert.equal(await node.rpc('records_receipt', [404]), null);
  });

  test('the trail in pages, from a number or a cursor', async () => {
    const { entries } = await node.rpc('records_auditHead', [patient.id]);
    const whole = await until('the index has followed', async () => {
      const page = await node.rpc('records_audit', [patient.id, 1, 256]);
      return page.items.length === entries && page;
    });
    assert.equal(whole.next, null);
    const first = await node.rpc('records_audit', { patient: patient.id, limit: 3 });
    assert.deepEqual(first.items, whole.items.slice(0, 3));
    const second = await node.rpc('records_audit', { patient: patient.id, from: first.next, limit: 256 });
    assert.deepEqual(second.items, whole.items.slice(3));
    assert.deepEqual((await node.rpc('records_audit', [patient.id, entries])).items, whole.items.slice(-1));
    assert.deepEqual(await node.rpc('records_audit', [patient.id, entries + 1]), { items: [], next: null });
  });

  test('decimal strings and pages: integers beyond 2^53 - 1 are strings, and either form is taken', async () => {
    const [safe, beyond, most] = [2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n];
    const written = [9007199254740991, '9007199254740992', '18446744073709551615'];
    const her = await newPatient(api);
    const wide = terms(api, { records: [safe, beyond, most], recordedFrom: safe, recordedUntil: beyond, ends: most, eraseAfter: most, outlives: true });
    const to = { Role: ['Doctor', hospitalB.id] };
    await Promise.all([
      done(api, asker, api.tx.consent.ask(her.id, hospitalB.id, wide, inDays(1))),
      done(api, her.account, api.tx.consent.grant(her.id, to, wide)),
      done(api, her.account, api.tx.consent.deny(her.id, denial({ record: beyond, recordedFrom: safe, recordedUntil: most }))),
    ]);
    const granted = (await node.rpc('consent_grants', [her.id])).items.at(-1);
    const [asked] = (await node.rpc('consent_requests', [her.id])).items;
    for (const { terms: found } of [granted, asked]) {
      assert.deepEqual(found.records, written);
      assert.deepEqual([found.recordedFrom, found.recordedUntil, found.ends, found.eraseAfter], [...written, written[2]]);
      assert.equal(found.outlives, true);
    }
    const [denied] = await node.rpc('consent_denials', [String(her.id)]);
    assert.deepEqual([denied.terms.recordedFrom, denied.terms.record, denied.terms.recordedUntil], written);

    const about = (record) => ({ ...question(), patient: String(her.id), record, recordedAt: String(safe) });
    const decision = { type: 'Permit', basis: { type: 'Grant', grant: granted.id } };
    for (const record of [written[0], String(safe), written[2]]) assert.deepEqual(await node.rpc('consent_decide', [about(record)]), decision);
    assert.deepEqual(await node.rpc('consent_decide', [about(written[1])]), { type: 'Deny', reason: 'Refused' });

    const methods = { consent_grants: 'cursor', consent_requests: 'cursor', records_list: 'cursor', records_audit: 'from' };
    for (const [method, from] of Object.entries(methods)) {
      const page = await node.rpc(method, { patient: patient.id, limit: 2 });
      assert.deepEqual(await node.rpc(method, { patient: String(patient.id), limit: '2' }), page, method);
      const next = { [from]: page.next, limit: 2 };
      const following = await node.rpc(method, { patient: patient.id, ...next });
      assert.deepEqual(await node.rpc(method, { patient: String(patient.id), ...next, limit: '2' }), following, method);
      assert.deepEqual(await node.rpc(method, { patient: written[2] }), { items: [], next: null }, method);
      for (const none of ['18446744073709551616', '0x0', '1e3', '-1', '1.0', ' 1', '', 1.5, 2 ** 64]) {
        await refused(method, { patient: none }, 7001, 'InvalidParameter', { parameter: 'patient' });
      }
      await refused(method, { patient: patient.id, limit: '257' }, 7002, 'InvalidLimit', { limit: 257, least: 1, most: 256 });
    }
    assert.deepEqual(
      await node.rpc('records_audit', { patient: patient.id, from: '2', limit: '1' }),
      await node.rpc('records_audit', { patient: patient.id, from: 2, limit: 1 }),
    );
    const filtered = (filter) => node.rpc('records_list', { patient: patient.id, filter });
    assert.deepEqual(await filtered({ recordedFrom: '0', recordedUntil: written[2] }), await filtered({}));
    assert.deepEqual((await filtered({ recordedFrom: written[2] })).items, []);
  });

  test('decimal strings and pages: a page holds 64 items unless a limit is given, and the last has no next', async () => {
    const her = await newPatient(api);
    await assign(api, her, hospitalA.doctor);
    const batch = Array.from({ length: 64 }, () => newRecord(her));
    const registered = await done(api, hospitalA.doctor, api.tx.records.registerBatch(batch, 'Treatment', hospitalA.id));
    const ids = registered.events.filter(({ event }) => event.method === 'RecordRegistered').map(({ event }) => event.data.record.toNumber());
    ids.push(await register(api, hospitalA.doctor, newRecord(her)));
    const entries = (await node.rpc('records_auditHead', [her.id])).entries;
    // Her registration, the grant of the terms and two steps of the assignment come first.
    assert.deepEqual([ids.length, entries], [65, 69]);
    const lists = {
      records_list: { from: 'cursor', name: ({ id }) => id, all: ids.toReversed() },
      records_audit: { from: 'from', name: ({ seq }) => seq, all: Array.from({ length: entries }, (_, at) => at + 1) },
    };
    for (const [method, { from, name, all }] of Object.entries(lists)) {
      const first = await node.rpc(method, [her.id]);
      assert.deepEqual(first.items.map(name), all.slice(0, 64), method);
      const last = await node.rpc(method, { patient: her.id, [from]: first.next });
      assert.deepEqual([last.items.map(name), last.next], [all.slice(64), null], method);
      const whole = await node.rpc(method, { patient: her.id, limit: all.length });
      assert.deepEqual([whole.items.map(name), whole.next], [all, null], method);
    }
  });

  test('a limit of none or of too many is refused', async () => {
    for (const method of ['consent_grants', 'consent_requests', 'records_list', 'records_audit']) {
      for (const limit of [0, 257]) {
        await refused(method, { patient: patient.id, limit }, 7002, 'InvalidLimit', { limit, least: 1, most: 256 });
      }
    }
  });

  test('a malformed parameter is named', async () => {
    const bad = (parameter) => [7001, 'InvalidParameter', { parameter }];
    const good = calls();
    for (const [method, named] of Object.entries(good)) {
      for (const parameter of Object.keys(named)) {
        await refused(method, { ...named, [parameter]: [true] }, ...bad(parameter));
        // A text is a DID or none: that has errors of its own.
        if (parameter !== 'did') await refused(method, { ...named, [parameter]: '-1' }, ...bad(parameter));
      }
      if (method !== 'records_audit') await refused(method, { ...named, at: '0x12' }, ...bad('at'));
    }
    await refused('roles_institution', [2 ** 32], ...bad('id'));
    await refused('consent_decide', [{ ...question(), purpose: 'Curiosity' }], ...bad('request'));
    await refused('consent_decide', [{ ...question(), surprise: 1 }], ...bad('request'));
    await refused('consent_decide', ['0x00'], ...bad('request'));
    await refused('records_list', { patient: patient.id, filter: { colour: 'red' } }, ...bad('filter'));
    await refused('consent_grants', { patient: patient.id, limit: 'many' }, ...bad('limit'));
    await refused('vault_release', ['0x00', '0x00'], ...bad('request'));
    await refused('vault_release', ['0x00'], ...bad('signature'));
    assert.equal((await errorOf('records_get', [])).code, -32602, 'a missing one is JSON-RPC\'s own error');
  });

  test('a cursor of another method, or of nobody, is refused', async () => {
    const { next } = await node.rpc('consent_grants', { patient: patient.id, limit: 1 });
    for (const cursor of [next, '0x', 'soon', 7]) {
      await refused('consent_requests', { patient: patient.id, cursor }, 7003, 'InvalidCursor');
      await refused('records_list', { patient: patient.id, cursor }, 7003, 'InvalidCursor');
    }
    await refused('records_audit', { patient: patient.id, from: next }, 7003, 'InvalidCursor');
  });

  test('a block that the node does not have is refused', async () => {
    const at = randomAsHex(32);
    await refused('records_get', { id: 0, at }, 7004, 'UnknownBlock', { at });
  });

  test('the state of the vault is for the node\'s own machine', async () => {
    const status = await node.rpc('vault_status');
    assert.equal(status.store, 'embedded');
    assert.deepEqual(status.custodians.map(({ institution }) => institution), [hospitalA.id, hospitalB.id]);
    const guarded = await startNode({ args: ['--rpc-methods', 'safe'] });
    try {
      const error = await errorOf('vault_status', [], guarded);
      assert.deepEqual([error.code, error.data], [7021, { name: 'LocalOnly' }]);
      const ofSession = { author_rotateKeys: [], author_rotateKeysWithOwner: ['0x00'], author_insertKey: ['aura', '//Alice', '0x00'] };
      for (const [method, params] of Object.entries(ofSession)) {
        assert.match((await errorOf(method, params, guarded)).message, /unsafe/, method);
      }
      assert.equal((await guarded.rpc('roles_institution', [0])).id, 0, 'the rest is served');
    } finally {
      await guarded.stop();
    }
  });
});
