// The council admits institutions: with two thirds of its seats, and in no other way.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { INVALID, UNDECODABLE, connect, done, event, refusal, rejection, submit, submitGeneral } from './lib/chain.mjs';
import { alone, closing, decide, decided, failure, move, vote } from './lib/council.mjs';
import { startNode } from './lib/node.mjs';
import { POOL, hpkeKey, issueVoucher, newPatient, publishedTerms, redeem } from './lib/registration.mjs';
import { storageOf } from './lib/storage.mjs';

describe('the council', () => {
  let node;
  let api;
  let terms;
  // It has the id 2 once it is admitted.
  const hospitalC = { id: 2, officer: stranger(), secondOfficer: stranger(), seat: stranger(), validator: stranger() };
  const keyOfC = hpkeKey();
  const [seatA, seatB] = [hospitalA.officer, hospitalB.officer];

  before(async () => {
    node = await startNode();
    api = await connect(node);
    terms = await publishedTerms(api, hospitalA.id);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // A hospital that nothing speaks against; `fields` replace those of its entry.
  const admit = (fields = {}) =>
    api.tx.roles.admitInstitution({
      kind: 'Hospital',
      region: 'CH-BE',
      timeZone: 'Europe/Zurich',
      officers: [stranger().address, stranger().address],
      status: 'Active',
      hpke: hpkeKey(),
      peerIds: [],
      addresses: [],
      admissionTerms: terms,
      seat: stranger().address,
      validator: null,
      ...fields,
    });
  const admitC = () =>
    admit({
      officers: [hospitalC.officer.address, hospitalC.secondOfficer.address],
      hpke: keyOfC,
      seat: hospitalC.seat.address,
      validator: hospitalC.validator.address,
    });
  const registry = () => storageOf(node, 'Roles', 'Consent', 'Records');
  const seated = async () => (await api.query.consortium.seats()).map(([id, seat]) => [id.toNumber(), seat.toString()]);
  const members = async () => (await api.query.council.members()).map(String).sort();
  const founders = [[hospitalA.id, seatA.address], [hospitalB.id, seatB.address]];
  const remark = () => api.tx.system.remark('0x00');

  describe('does not admit a hospital', () => {
    let nothing;

    before(async () => {
      nothing = await registry();
    });

    after(async () => {
      assert.deepEqual(await registry(), nothing, 'the registry is as it was');
      assert.deepEqual(await seated(), founders);
    });

    test('by anybody\'s signature, a seat\'s included', async () => {
      const signers = [seatA, seatB, hospitalA.secondOfficer, hospitalA.administrator, hospitalA.doctor];
      const found = await Promise.all(signers.map((signer) => refusal(api, signer, admitC())));
      assert.deepEqual(found, signers.map(() => 'BadOrigin'));
    });

    test('by one voice of two', async () => {
      assert.equal(await alone(api, seatA, admitC()), 'BadOrigin');
      const asMember = await done(api, seatB, api.tx.council.execute(admitC(), admitC().method.toU8a().length));
      assert.equal(failure(api, event(api, asMember, 'council', 'MemberExecuted').result), 'BadOrigin');
    });

    test('by a motion that one has voted for, nor by one that the other voted against', async () => {
      const motion = await move(api, seatA, admitC());
      await vote(api, seatA, motion);
      assert.equal(await refusal(api, seatA, closing(api, motion)), 'council.TooEarly');
      const twice = api.tx.council.vote(motion.hash, motion.index, true);
      assert.equal(await refusal(api, seatA, twice), 'council.DuplicateVote');
      const again = api.tx.council.propose(2, admitC(), motion.length);
      assert.equal(await refusal(api, seatB, again), 'council.DuplicateProposal');
      await vote(api, seatB, motion, false);
      const closed = await done(api, seatB, closing(api, motion));
      event(api, closed, 'council', 'Disapproved');
      assert.ok(closed.events.every(({ event }) => !api.events.council.Executed.is(event)));
      assert.equal(await refusal(api, seatA, closing(api, motion)), 'council.ProposalMissing');
    });

    test('by the voices of others', async () => {
      const motion = await move(api, seatA, admitC());
      const { secondOfficer, doctor } = hospitalA;
      const length = admitC().method.toU8a().length;
      const cases = [secondOfficer, doctor].flatMap((signer) => [
        [signer, api.tx.council.propose(2, admitC(), length)],
        [signer, api.tx.council.execute(admitC(), length)],
        [signer, api.tx.council.vote(motion.hash, motion.index, true)],
      ]);
      const found = await Promise.all(cases.map(([signer, call]) => refusal(api, signer, call)));
      assert.deepEqual(found, cases.map(() => 'council.NotMember'));
      await Promise.all([seatA, seatB].map((seat) => vote(api, seat, motion, false)));
      await done(api, seatB, closing(api, motion));
    });

    test('that is unsuited in one of many ways, each by its name', async () => {
      const patient = await newPatient(api);
      nothing = await registry();
      const taken = (await api.query.roles.institutions(hospitalA.id)).unwrap().hpke;
      const officer = stranger().address;
      const cases = [
        ['consortium.SeatTaken', { seat: seatA.address }],
        ['roles.HpkeKeyInUse', { hpke: taken }],
        ['roles.MalformedHpkeKey', { hpke: { X25519: new Uint8Array(32) } }],
        ['roles.AccountInUse', { officers: [patient.account.address, officer] }],
        ['roles.AccountInUse', { seat: patient.account.address }],
        ['roles.StatusNotActive', { status: 'Suspended' }],
        ['roles.TooFewOfficers', { officers: [officer] }],
        ['roles.DuplicateOfficer', { officers: [officer, officer] }],
        ['roles.SeatMissing', { seat: null }],
        ['roles.SeatNotAllowed', { kind: 'Pharmacy' }],
        ['roles.MalformedRegion', { region: 'Bern' }],
        ['roles.MalformedTimeZone', { timeZone: 'Europe//Zurich' }],
        ['roles.AdmissionTermsNotAcceptable', { admissionTerms: { ...terms.toJSON(), ends: 1 } }],
      ];
      const found = await Promise.all(cases.map(([, fields]) => decided(api, admit(fields))));
      assert.deepEqual(found.map(({ error }) => error), cases.map(([name]) => name));
      for (const [index, { events }] of found.entries()) {
        const said = events.map(({ event }) => event.section);
        assert.ok(!said.includes('consortium') && !said.includes('roles'), cases[index][0]);
      }
    });

    test('longer than its type, before it can reach a block', async () => {
      const many = (length) => Array.from({ length }, (_, n) => n);
      const tooLong = [
        { admissionTerms: { ...terms.toJSON(), records: many(17) } },
        { admissionTerms: { ...terms.toJSON(), compartments: many(9) } },
        { officers: many(9).map(() => stranger().address) },
        { region: 'CH-BE-BE-' },
        { timeZone: 'Z'.repeat(33) },
      ];
      for (const fields of tooLong) {
        const error = await rejection(submit(api, seatA, api.tx.council.propose(2, admit(fields), 2 ** 20)));
        assert.equal(error.code, UNDECODABLE, error.message);
      }
    });
  });

  describe('admits a third hospital', () => {
    let letter;
    let admitted;

    before(async () => {
      // Its officer writes it before she may. The terms are those that hospital A publishes.
      letter = await issueVoucher(api, hospitalA, { institution: hospitalC.id, officer: hospitalC.officer });
    });

    test('whose people and vouchers were refused until then', async () => {
      for (const person of [hospitalC.officer, hospitalC.secondOfficer, hospitalC.seat, hospitalC.validator]) {
        assert.equal((await rejection(submit(api, person, remark()))).code, INVALID);
      }
      const early = await rejection(submitGeneral(api, redeem(api, letter, stranger())));
      assert.equal(early.data, `Custom error: ${POOL.UnknownInstitution}`);
      assert.equal(await node.rpc('roles_institution', [hospitalC.id]), null);
    });

    test('by two voices of two', async () => {
      admitted = await decide(api, admitC());
      const { institution, seat } = event(api, admitted, 'consortium', 'Seated');
      assert.deepEqual([institution.toNumber(), seat.toString()], [hospitalC.id, hospitalC.seat.address]);
      assert.ok(event(api, admitted, 'roles', 'InstitutionAdmitted').institution.eqn(hospitalC.id));
    });

    test('which has a seat on the council', async () => {
      assert.deepEqual(await seated(), [...founders, [hospitalC.id, hospitalC.seat.address]]);
      assert.deepEqual(await members(), [seatA, seatB, hospitalC.seat].map(({ address }) => address).sort());
      const found = await node.rpc('roles_institution', [hospitalC.id]);
      assert.deepEqual(
        [found.kind, found.status, found.seat, found.validator, found.region],
        ['Hospital', 'Active', hospitalC.seat.address, hospitalC.validator.address, 'CH-BE'],
      );
      assert.deepEqual(found.officers, [hospitalC.officer.address, hospitalC.secondOfficer.address]);
      const validators = (await api.query.consortium.validators()).map(String);
      assert.ok(!validators.includes(hospitalC.validator.address), 'the validators are those of genesis');
    });

    test('whose people pass the pool', async () => {
      for (const person of [hospitalC.officer, hospitalC.secondOfficer, hospitalC.seat, hospitalC.validator]) {
        await done(api, person, remark());
        assert.ok((await api.call.rolesApi.home(person.address)).unwrap().eqn(hospitalC.id));
      }
    });

    test('whose voucher, the one refused before, registers a patient', async () => {
      const her = stranger();
      const outcome = await submitGeneral(api, redeem(api, letter, her));
      assert.equal(outcome.error, null);
      const { patient, institution } = event(api, outcome, 'roles', 'PatientRegistered');
      assert.ok(institution.eqn(hospitalC.id));
      const found = await node.rpc('roles_patient', [patient.toNumber()]);
      assert.deepEqual([found.controller, found.institution], [her.address, hospitalC.id]);
      const { items } = await node.rpc('consent_grants', [patient.toNumber()]);
      assert.deepEqual(items.map(({ grantee }) => grantee), [{ type: 'Assigned', institution: hospitalC.id }]);
      await done(api, her, remark());
    });

    test('once only: its key and its seat are taken', async () => {
      const again = await Promise.all([
        decided(api, admit({ hpke: keyOfC })),
        decided(api, admit({ seat: hospitalC.seat.address })),
      ]);
      assert.deepEqual(again.map(({ error }) => error), ['roles.HpkeKeyInUse', 'consortium.SeatTaken']);
      const hpke = keyOfC;
      const withItsKey = await rejection(submitGeneral(api, redeem(api, await issueVoucher(api), stranger(), { hpke })));
      assert.equal(withItsKey.data, `Custom error: ${POOL.HpkeKeyInUse}`);
    });

    test('and now one voice of three is not enough, and two are, whosever they are', async () => {
      const suspendB = api.tx.roles.suspendInstitution(hospitalB.id);
      assert.equal(await alone(api, hospitalC.seat, suspendB), 'BadOrigin');
      const motion = await move(api, hospitalC.seat, suspendB);
      await vote(api, hospitalC.seat, motion);
      assert.equal(await refusal(api, hospitalC.seat, closing(api, motion)), 'council.TooEarly');
      await vote(api, seatA, motion);
      const closed = await done(api, hospitalC.seat, closing(api, motion));
      assert.equal(failure(api, event(api, closed, 'council', 'Executed').result), null);
      assert.equal((await node.rpc('roles_institution', [hospitalB.id])).status, 'Suspended');
      await decide(api, api.tx.roles.reinstateInstitution(hospitalB.id), { voters: [hospitalC.seat, seatB] });
      assert.equal((await node.rpc('roles_institution', [hospitalB.id])).status, 'Active');
    });

    test('while a pharmacy gets no seat', async () => {
      const officers = [stranger(), stranger()];
      const addresses = officers.map(({ address }) => address);
      const outcome = await decide(api, admit({ kind: 'Pharmacy', seat: null, officers: addresses }));
      const { institution } = event(api, outcome, 'roles', 'InstitutionAdmitted');
      assert.equal((await node.rpc('roles_institution', [institution.toNumber()])).seat, null);
      assert.equal((await members()).length, 3);
      await done(api, officers[0], remark());
    });
  });
});
