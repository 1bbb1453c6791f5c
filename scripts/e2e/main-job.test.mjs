// The chain's part of the main job: who may see what, decided, signed, finalised and on the trail.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { blake2AsHex, randomAsHex } from '@polkadot/util-crypto';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { headOf, trail } from './lib/audit.mjs';
import { INVALID, connect, done, event, rejection, submit, submitGeneral } from './lib/chain.mjs';
import { startNode, until } from './lib/node.mjs';
import { newRecord, register } from './lib/records.mjs';
import { assign, issueVoucher, redeem } from './lib/registration.mjs';
import { signature } from './lib/sign.mjs';
import { inDays, terms } from './lib/terms.mjs';

describe('the main job on the chain', () => {
  let node;
  let api;
  const ada = stranger();
  const patient = { id: undefined, account: stranger() };
  let report;
  let scan;
  let grant;

  before(async () => {
    node = await startNode();
    api = await connect(node);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const requester = hospitalB.doctor;
  const ask = (records) => done(api, requester, api.tx.records.access(records, 'Treatment', hospitalB.id));
  const decisionOn = async (outcome, record) => {
    const { receipt, requester: who } = event(api, outcome, 'records', 'Accessed');
    assert.equal(who.toString(), requester.address);
    const found = (await api.query.records.receipts(receipt)).unwrap();
    const [, decision] = found.outcomes.find(([id]) => id.eqn(record));
    return decision;
  };

  test('a doctor applies with her signature and an officer approves', async () => {
    assert.equal((await rejection(submit(api, ada, api.tx.system.remark('0x00')))).code, INVALID, 'she has no standing yet');
    const application = api.createType('SalusPrimitivesRegistryApplication', {
      genesis: api.genesisHash,
      institution: hospitalA.id,
      applicant: ada.address,
      role: 'Doctor',
      licence: blake2AsHex(randomAsHex(32), 256),
      speciality: blake2AsHex(randomAsHex(32), 256),
      notAfter: inDays(1),
    });
    const signed = signature(ada, 'salus/application/1', application.toU8a());
    const approval = api.tx.roles.approveApplication(application, signed, Date.now(), inDays(365));
    const issued = event(api, await done(api, hospitalA.officer, approval), 'roles', 'CredentialIssued');
    assert.equal(issued.account.toString(), ada.address);
    assert.ok(issued.role.isDoctor);
    const credential = await node.rpc('roles_credential', [ada.address, hospitalA.id]);
    assert.equal(credential.active, true);
    assert.equal(credential.licence, application.licence.toHex());
    assert.equal((await submit(api, ada, api.tx.system.remark('0x00'))).error, null, 'now she has standing');
  });

  test('a patient registers herself with a voucher, in a transaction that nobody signs', async () => {
    const letter = await issueVoucher(api);
    const call = redeem(api, letter, patient.account);
    const outcome = await submitGeneral(api, call);
    assert.equal(outcome.error, null);
    const registered = event(api, outcome, 'roles', 'PatientRegistered');
    assert.equal(registered.institution.toNumber(), hospitalA.id);
    patient.id = registered.patient.toNumber();
    const found = await node.rpc('roles_patient', [patient.id]);
    assert.equal(found.controller, patient.account.address);
    assert.equal(found.institution, hospitalA.id);
    assert.deepEqual(found.status, { type: 'Active' });
    const grants = await node.rpc('consent_grants', [patient.id]);
    assert.deepEqual(grants.items.map(({ grantee }) => grantee), [{ type: 'Assigned', institution: hospitalA.id }]);
    assert.equal((await submit(api, patient.account, api.tx.system.remark('0x00'))).error, null, 'she has standing');
  });

  test('an administrator assigns her to the doctor, who accepts', async () => {
    await assign(api, patient, ada);
    const assignment = await api.call.rolesApi.assignment(patient.id, ada.address, hospitalA.id);
    assert.ok(assignment.unwrap().isAccepted);
  });

  test('the doctor registers two documents', async () => {
    report = await register(api, ada, newRecord(patient));
    scan = await register(api, ada, newRecord(patient, { category: 'Imaging', media: 'Dicom' }));
    const { items } = await node.rpc('records_list', [patient.id]);
    assert.deepEqual(items.map(({ id }) => id), [scan, report], 'newest first');
    assert.ok(items.every(({ author, custodian }) => author === ada.address && custodian === hospitalA.id));
  });

  test('a doctor of another hospital is refused, and the refusal has a receipt', async () => {
    const outcome = await ask([report, scan]);
    const decision = await decisionOn(outcome, report);
    assert.ok(decision.isDeny && decision.asDeny.isNoGrant, decision.toString());
    const { receipt, entries } = event(api, outcome, 'records', 'Accessed');
    assert.deepEqual(entries.map(({ kind }) => kind.type), ['AccessRefused', 'AccessRefused']);
    assert.ok((await api.call.recordsApi.stillPermits(receipt, report)).isFalse);
  });

  test('he asks for consent; she narrows what he asked and approves', async () => {
    const wide = terms(api, { categories: ['Laboratory', 'Imaging'], ends: inDays(30) });
    const asked = await done(api, requester, api.tx.consent.ask(patient.id, hospitalB.id, wide, inDays(2)));
    const { request } = event(api, asked, 'consent', 'Asked');
    const narrow = terms(api, { categories: ['Laboratory'], ends: inDays(1), uses: 3 });
    const approve = api.tx.consent.approve(patient.id, requester.address, request, narrow);
    const approved = event(api, await done(api, patient.account, approve), 'consent', 'Approved');
    grant = approved.grant.toNumber();
    assert.deepEqual((await node.rpc('consent_requests', [patient.id])).items, [], 'the request is settled');
  });

  test('now he is permitted what she granted, and no more', async () => {
    const outcome = await ask([report, scan]);
    const permitted = await decisionOn(outcome, report);
    assert.ok(permitted.isPermit && permitted.asPermit.asGrant.eqn(grant), permitted.toString());
    const refused = await decisionOn(outcome, scan);
    assert.ok(refused.isDeny && refused.asDeny.isCategoryMismatch, refused.toString());
    const { receipt } = event(api, outcome, 'records', 'Accessed');
    assert.ok((await api.call.recordsApi.stillPermits(receipt, report)).isTrue);
    assert.ok((await api.call.recordsApi.stillPermits(receipt, scan)).isFalse);
    const mine = (await node.rpc('consent_grants', [patient.id])).items.find(({ id }) => id === grant);
    assert.equal(mine.usesLeft, 2, 'one call takes one use');
  });

  test('she revokes, and the next request is refused', async () => {
    const earlier = event(api, await ask([report]), 'records', 'Accessed').receipt;
    await done(api, patient.account, api.tx.consent.revoke(patient.id, { Account: requester.address }, grant));
    const decision = await decisionOn(await ask([report]), report);
    assert.ok(decision.isDeny && decision.asDeny.isRevoked, decision.toString());
    assert.ok((await api.call.recordsApi.stillPermits(earlier, report)).isFalse, 'a receipt of before serves no more');
  });

  test('she reads her own record without asking anybody', async () => {
    const outcome = await done(api, patient.account, api.tx.records.access([report, scan], 'PatientRequest', null));
    const { entries } = event(api, outcome, 'records', 'Accessed');
    assert.deepEqual(entries.map(({ kind }) => kind.asAccessPermitted.basis.type), ['Subject', 'Subject']);
  });

  test('her trail is complete: its hash chain ends in the head that the chain keeps', async () => {
    const stored = (await api.query.records.trail(patient.id)).unwrap().head;
    const entries = await until('the index has followed', async () => {
      const found = await trail(node, patient.id, 5);
      return found.length >= stored.entries_.toNumber() && found;
    });
    assert.deepEqual(
      entries.map(({ kind }) => kind.type),
      [
        ...['PatientRegistered', 'GrantGiven', 'AssignmentProposed', 'AssignmentAccepted'],
        ...['RecordRegistered', 'RecordRegistered', 'AccessRefused', 'AccessRefused', 'ConsentRequested'],
        ...['RequestApproved', 'AccessPermitted', 'AccessRefused', 'AccessPermitted', 'GrantRevoked', 'AccessRefused'],
        ...['AccessPermitted', 'AccessPermitted'],
      ],
    );
    assert.deepEqual(entries.map(({ seq }) => seq), entries.map((_, at) => at + 1));
    const head = headOf(api.genesisHash.toU8a(), patient.id, entries);
    assert.equal(head, stored.head.toHex(), 'the head in storage');
    assert.deepEqual(await node.rpc('records_auditHead', [patient.id]), { head, entries: entries.length });
    const byApi = await api.call.recordsApi.auditHead(patient.id);
    assert.equal(byApi.head.toHex(), head, 'the head by the runtime API');
    // One entry left out, or put in another place, ends in another head.
    assert.notEqual(headOf(api.genesisHash.toU8a(), patient.id, entries.toSpliced(3, 1)), head);
    const swapped = [entries[1], entries[0], ...entries.slice(2)];
    assert.notEqual(headOf(api.genesisHash.toU8a(), patient.id, swapped), head);
  });

  test('each entry says what its bytes say, and stands in the block it names', async () => {
    const entries = await trail(node, patient.id);
    assert.ok(entries.length > 0);
    for (const { scale, seq, at, actor, kind, block } of entries) {
      const entry = api.createType('SalusPrimitivesAuditAuditEntry', scale);
      assert.deepEqual([entry.seq.toNumber(), entry.at.toNumber(), entry.kind.type], [seq, at, kind.type]);
      assert.equal(entry.actor.unwrapOr(null)?.toString() ?? null, actor);
      const ofBlock = await (await api.at(await api.rpc.chain.getBlockHash(block))).call.auditApi.entries();
      assert.ok(ofBlock.some(([, other]) => other.toHex() === entry.toHex()), `entry ${seq} in block ${block}`);
    }
  });

  test('the trail is the same after the node has been restarted', async () => {
    const before = await trail(node, patient.id);
    await api.disconnect();
    await node.restart();
    api = await connect(node);
    assert.deepEqual(await trail(node, patient.id), before);
    const { head } = await node.rpc('records_auditHead', [patient.id]);
    assert.equal(headOf(api.genesisHash.toU8a(), patient.id, before), head);
  });
});
