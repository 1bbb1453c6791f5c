// What the chain refuses of requests, grants, denials and revocations.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { UNDECODABLE, connect, done, event, refusal, rejection, submit, submitGeneral } from './lib/chain.mjs';
import { startNode } from './lib/node.mjs';
import { issueVoucher, newPatient, redeem } from './lib/registration.mjs';
import { storageOf } from './lib/storage.mjs';
import { denial, inDays, terms } from './lib/terms.mjs';

describe('pallet-consent refuses', () => {
  let node;
  let api;
  let patient;
  let other;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    [patient, other] = await Promise.all([newPatient(api, hospitalA), newPatient(api, hospitalB)]);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const UNKNOWN = 404;
  const asker = hospitalB.doctor;
  const askFor = (asked, { who = patient.id, at = hospitalB.id, expires = inDays(1) } = {}) =>
    api.tx.consent.ask(who, at, asked, expires);
  const requested = async (asked) => event(api, await done(api, asker, askFor(asked)), 'consent', 'Asked').request;

  // Each call is refused with its name; they share blocks.
  async function allRefused(cases) {
    const found = await Promise.all(cases.map(([, signer, call]) => refusal(api, signer, call)));
    assert.deepEqual(found, cases.map(([name]) => `consent.${name}`));
  }

  test('malformed terms, each by its own name', async () => {
    const now = Date.now();
    const malformed = [
      ['TermsEmpty', { actions: [] }],
      ['TermsEmpty', { purposes: [] }],
      ['TermsEmpty', { categories: [] }],
      ['TermsInverted', { starts: inDays(2), ends: inDays(1) }],
      ['TermsInPast', { starts: 1, ends: now - 1_000 }],
      ['RangeInverted', { recordedFrom: now, recordedUntil: now }],
      ['DuplicateRecord', { records: [7, 7] }],
      ['DuplicateCompartment', { compartments: [7, 7] }],
      ['NoUses', { uses: 0 }],
      ['EraseTooEarly', { eraseAfter: now - 1_000 }],
    ].map(([name, fields]) => [name, terms(api, fields)]);
    await allRefused([
      ...malformed.map(([name, bad]) => [name, asker, askFor(bad)]),
      ...malformed.map(([name, bad]) => [name, patient.account, api.tx.consent.grant(patient.id, { Institution: hospitalB.id }, bad)]),
    ]);
    assert.deepEqual((await node.rpc('consent_requests', [patient.id])).items, []);
    assert.equal((await node.rpc('consent_grants', [patient.id])).items.length, 1, 'the admission terms only');
  });

  test('terms with more records or compartments than their type holds, before they can reach a block', async () => {
    const many = (length) => Array.from({ length }, (_, n) => n);
    const most = terms(api, { records: many(16), compartments: many(8) });
    const request = await requested(most);
    const letter = await issueVoucher(api);
    const give = (given) => api.tx.consent.grant(patient.id, { Institution: hospitalB.id }, given);
    const before = await storageOf(node, 'Roles', 'Consent', 'Records');
    for (const fields of [{ records: many(17) }, { compartments: many(9) }, { records: many(10_000) }]) {
      const tooLong = { ...most, ...fields };
      const submissions = [
        () => submit(api, asker, askFor(tooLong)),
        () => submit(api, patient.account, give(tooLong)),
        () => submit(api, patient.account, api.tx.consent.approve(patient.id, asker.address, request, tooLong)),
        () => submitGeneral(api, redeem(api, letter, stranger(), { terms: { ...letter.published.toJSON(), ...fields } })),
      ];
      for (const submission of submissions) {
        const error = await rejection(submission());
        assert.equal(error.code, UNDECODABLE, error.message);
      }
    }
    assert.deepEqual(await storageOf(node, 'Roles', 'Consent', 'Records'), before);
    await done(api, patient.account, api.tx.consent.approve(patient.id, asker.address, request, most));
    assert.notDeepEqual(await storageOf(node, 'Roles', 'Consent', 'Records'), before);
    const { items } = await node.rpc('consent_grants', [patient.id]);
    const given = items.at(-1);
    assert.deepEqual([given.terms.records, given.terms.compartments], [many(16), many(8)]);
    await done(api, patient.account, api.tx.consent.revoke(patient.id, { Account: asker.address }, given.id));
  });

  test('a request to nobody, by nobody, beyond the role or out of time', async () => {
    const good = terms(api);
    await allRefused([
      ['UnknownPatient', asker, askFor(good, { who: UNKNOWN })],
      ['UnknownInstitution', asker, askFor(good, { at: UNKNOWN })],
      ['NoCredential', asker, askFor(good, { at: hospitalA.id })],
      ['RoleForbids', hospitalB.administrator, askFor(good)],
      ['RoleForbids', asker, askFor(terms(api, { categories: ['Claims'] }))],
      ['RoleForbids', asker, askFor(terms(api, { purposes: ['Research'] }))],
      ['RoleForbids', hospitalB.nurse, askFor(terms(api, { categories: ['Genomic'] }))],
      ['ExpiryInPast', asker, askFor(good, { expires: Date.now() - 1_000 })],
      ['ExpiryTooFar', asker, askFor(good, { expires: inDays(31) })],
    ]);
  });

  test('a request of a suspended signer', async () => {
    const nurse = hospitalB.nurse;
    await done(api, hospitalB.officer, api.tx.roles.suspendCredential(nurse.address, hospitalB.id));
    assert.equal(await refusal(api, nurse, askFor(terms(api))), 'consent.Inactive');
    await done(api, hospitalB.officer, api.tx.roles.reinstateCredential(nurse.address, hospitalB.id));
    await done(api, nurse, askFor(terms(api)));
  });

  test('the same request twice, and a ninth one', async () => {
    const asked = terms(api);
    const numbered = (n) => terms(api, { records: [n], ends: asked.ends });
    await done(api, asker, askFor(asked));
    assert.equal(await refusal(api, asker, askFor(asked)), 'consent.DuplicateRequest');
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => done(api, asker, askFor(numbered(n)))));
    assert.equal(await refusal(api, asker, askFor(numbered(8))), 'consent.TooManyRequests');
    const { items } = await node.rpc('consent_requests', [patient.id]);
    const mine = items.filter(({ requester }) => requester === asker.address);
    assert.equal(mine.length, 8);
    await Promise.all(mine.map(({ id }) => done(api, asker, api.tx.consent.withdraw(patient.id, id))));
    const settled = api.tx.consent.withdraw(patient.id, mine[0].id);
    assert.equal(await refusal(api, asker, settled), 'consent.UnknownRequest');
  });

  test('an approval that is wider than what was asked, in any direction', async () => {
    const asked = terms(api, { uses: 2, records: [1], recordedFrom: 1_000, recordedUntil: inDays(0), eraseAfter: inDays(9) });
    const request = await requested(asked);
    const approve = (wider) => api.tx.consent.approve(patient.id, asker.address, request, { ...asked, ...wider });
    const { actions, purposes, categories } = terms(api, {
      actions: ['View', 'Share'],
      purposes: ['Treatment', 'Research'],
      categories: ['Laboratory', 'Imaging'],
    });
    const wider = [
      ...[{ actions }, { purposes }, { categories }, { records: [] }, { records: [1, 2] }, { compartments: [3] }],
      ...[{ recordedFrom: 999 }, { recordedFrom: null }, { recordedUntil: inDays(1) }, { recordedUntil: null }],
      ...[{ ends: asked.ends + 1 }, { uses: 3 }, { uses: null }, { eraseAfter: inDays(10) }, { eraseAfter: null }, { outlives: true }],
    ];
    await allRefused(wider.map((fields) => ['TermsWider', patient.account, approve(fields)]));
    assert.equal((await node.rpc('consent_requests', [patient.id])).items.at(-1).id, request.toNumber(), 'it is still open');
    await done(api, patient.account, approve({ uses: 1 }));
  });

  test('an answer to what was settled, or by somebody else', async () => {
    const asked = terms(api);
    const request = await requested(asked);
    const approve = api.tx.consent.approve(patient.id, asker.address, request, asked);
    await allRefused([
      ['NotThePatient', asker, approve],
      ['NotThePatient', other.account, approve],
      ['NotThePatient', other.account, api.tx.consent.decline(patient.id, asker.address, request)],
      ['UnknownRequest', other.account, api.tx.consent.approve(other.id, asker.address, request, asked)],
      ['UnknownPatient', other.account, api.tx.consent.approve(UNKNOWN, asker.address, request, asked)],
      ['UnknownRequest', hospitalA.doctor, api.tx.consent.withdraw(patient.id, request)],
    ]);
    await done(api, patient.account, approve);
    await allRefused([
      ['UnknownRequest', patient.account, approve],
      ['UnknownRequest', patient.account, api.tx.consent.decline(patient.id, asker.address, request)],
    ]);
  });

  test('a grant by others, to nobody, or beyond sixteen live ones', async () => {
    const to = { Role: ['Nurse', hospitalB.id] };
    const give = (fields = {}, grantee = to) => api.tx.consent.grant(patient.id, grantee, terms(api, fields));
    await allRefused([
      ['NotThePatient', other.account, give()],
      ['NotThePatient', hospitalA.doctor, give()],
      ['UnknownInstitution', patient.account, give({}, { Institution: UNKNOWN })],
      ['UnknownInstitution', patient.account, give({}, { Assigned: UNKNOWN })],
    ]);
    const given = await Promise.all(Array.from({ length: 16 }, () => done(api, patient.account, give())));
    assert.equal(await refusal(api, patient.account, give()), 'consent.TooManyGrants');
    const { grant } = event(api, given[0], 'consent', 'Granted');
    const revoke = api.tx.consent.revoke(patient.id, to, grant);
    assert.equal(await refusal(api, other.account, revoke), 'consent.NotThePatient');
    await done(api, patient.account, revoke);
    assert.equal(await refusal(api, patient.account, revoke), 'consent.AlreadyRevoked');
    await done(api, patient.account, give());
    assert.equal(await refusal(api, patient.account, revoke), 'consent.UnknownGrant', 'the dead grant gave way');
  });

  test('a denial that is there, that names nothing real, or beyond thirty-one', async () => {
    const deny = (conditions) => api.tx.consent.deny(patient.id, denial(conditions));
    const made = await done(api, patient.account, deny({ institution: hospitalB.id }));
    const { denial: id } = event(api, made, 'consent', 'Denied');
    await allRefused([
      ['DuplicateDenial', patient.account, deny({ institution: hospitalB.id })],
      ['UnknownInstitution', patient.account, deny({ institution: UNKNOWN })],
      ['UnknownInstitution', patient.account, deny({ source: UNKNOWN })],
      ['RangeInverted', patient.account, deny({ recordedFrom: 2, recordedUntil: 1 })],
      ['NotThePatient', other.account, deny({ role: 'Nurse' })],
      ['NotThePatient', other.account, api.tx.consent.liftDenial(patient.id, id)],
      ['UnknownDenial', patient.account, api.tx.consent.liftDenial(patient.id, UNKNOWN)],
    ]);
    await Promise.all(Array.from({ length: 30 }, (_, n) => done(api, patient.account, deny({ record: n }))));
    assert.equal(await refusal(api, patient.account, deny({ record: 99 })), 'consent.TooManyDenials');
    await done(api, patient.account, deny());
    assert.equal((await node.rpc('consent_denials', [patient.id])).length, 32, 'everything can always be denied');
    await done(api, patient.account, api.tx.consent.liftDenial(patient.id, id));
    assert.equal(await refusal(api, patient.account, api.tx.consent.liftDenial(patient.id, id)), 'consent.UnknownDenial');
  });
});
