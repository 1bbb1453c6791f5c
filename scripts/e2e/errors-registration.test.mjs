// What the chain refuses of vouchers, registrations, applications and signers without standing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomAsHex } from '@polkadot/util-crypto';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { INVALID, connect, done, general, refusal, rejection, submit, submitGeneral } from './lib/chain.mjs';
import { decide } from './lib/council.mjs';
import { startNode } from './lib/node.mjs';
import { hex } from './lib/records.mjs';
import { POOL, assign, hpkeKey, issueVoucher, newPatient, redeem } from './lib/registration.mjs';
import { signature } from './lib/sign.mjs';
import { inDays } from './lib/terms.mjs';

const UNKNOWN_VALIDITY = 1011;

describe('the chain refuses', () => {
  let node;
  let api;

  before(async () => {
    node = await startNode();
    api = await connect(node);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // The registration is refused at the pool with this name, and leaves nothing.
  async function refusedAtThePool(call, name) {
    const next = await api.query.roles.nextPatient();
    const error = await rejection(submitGeneral(api, call));
    assert.equal(error.code, INVALID, error.message);
    assert.equal(error.data, `Custom error: ${POOL[name]}`, `${name}: ${error.message}`);
    assert.ok((await api.query.roles.nextPatient()).eq(next));
  }

  const issued = (fields, hospital = hospitalA) => issueVoucher(api, hospital, fields);

  describe('a voucher that', () => {
    test('has expired', async () => {
      const letter = await issued({ notAfter: Date.now() - 60_000 });
      await refusedAtThePool(redeem(api, letter, stranger()), 'VoucherExpired');
    });

    test('ends more than thirty days ahead', async () => {
      const letter = await issued({ notAfter: inDays(31) });
      await refusedAtThePool(redeem(api, letter, stranger()), 'VoucherTooLong');
    });

    test('is for another chain', async () => {
      const letter = await issued({ genesis: randomAsHex(32) });
      await refusedAtThePool(redeem(api, letter, stranger()), 'ForeignGenesis');
    });

    test('names no institution of this chain', async () => {
      const letter = await issued({ institution: 404 });
      await refusedAtThePool(redeem(api, letter, stranger()), 'UnknownInstitution');
    });

    test('was signed by nobody who may', async () => {
      const byDoctor = await issued({ officer: hospitalA.doctor });
      await refusedAtThePool(redeem(api, byDoctor, stranger()), 'NotAnOfficer');
    });

    test('was signed by another hospital\'s officer', async () => {
      const foreign = await issued({ officer: hospitalB.officer });
      await refusedAtThePool(redeem(api, foreign, stranger()), 'NotAnOfficer');
    });

    test('has a one-time key under which anybody can sign', async () => {
      // The neutral element of the curve.
      const weak = `0x01${'00'.repeat(31)}`;
      await refusedAtThePool(redeem(api, await issued({ key: weak }), stranger()), 'VoucherKeyWeak');
    });

    test('was made under other admission terms', async () => {
      const letter = await issued({ terms: randomAsHex(32) });
      await refusedAtThePool(redeem(api, letter, stranger()), 'TermsChanged');
    });

    test('was forged in an officer\'s name', async () => {
      const letter = await issued();
      const forged = { voucherSignature: signature(stranger(), 'salus/voucher/1', letter.voucher.toU8a()) };
      await refusedAtThePool(redeem(api, letter, stranger(), { forged }), 'VoucherSignatureInvalid');
    });

    test('was changed after it was signed', async () => {
      const letter = await issued();
      letter.voucher = api.createType('SalusPrimitivesRegistryVoucher', { ...letter.voucher.toJSON(), notAfter: inDays(29) });
      await refusedAtThePool(redeem(api, letter, stranger()), 'VoucherSignatureInvalid');
    });

    test('was used', async () => {
      const letter = await issued();
      assert.equal((await submitGeneral(api, redeem(api, letter, stranger()))).error, null);
      await refusedAtThePool(redeem(api, letter, stranger()), 'VoucherUsed');
    });

    test('was used, when the very same transaction comes again', async () => {
      const call = redeem(api, await issued(), stranger());
      assert.equal((await submitGeneral(api, call)).error, null);
      const next = await api.query.roles.nextPatient();
      const error = await rejection(submitGeneral(api, call));
      // While the pool remembers the transaction it is banned or known already; later the chain gives the reason.
      assert.ok([1012, 1013].includes(error.code) || error.data === `Custom error: ${POOL.VoucherUsed}`, error.message);
      assert.ok((await api.query.roles.nextPatient()).eq(next));
    });

    test('was taken from the pool by somebody who puts her own account in', async () => {
      const letter = await issued();
      const thief = stranger();
      const seen = redeem(api, letter, stranger());
      const keySignature = seen.method.args[6];
      await refusedAtThePool(redeem(api, letter, thief, { forged: { keySignature } }), 'KeySignatureInvalid');
      assert.equal((await submitGeneral(api, seen)).error, null, 'the patient can still register');
    });
  });

  describe('a registration', () => {
    test('that another than the one-time key signed', async () => {
      const letter = { ...(await issued()), oneTime: (await issued()).oneTime };
      await refusedAtThePool(redeem(api, letter, stranger()), 'KeySignatureInvalid');
    });

    test('whose controller is named without her signature', async () => {
      const forged = { controllerSignature: { Sr25519: stranger().sign('no') } };
      await refusedAtThePool(redeem(api, await issued(), stranger(), { forged }), 'ControllerSignatureInvalid');
    });

    test('whose terms are wider than the published ones', async () => {
      const letter = await issued();
      const terms = { ...letter.published.toJSON(), actions: 0b1111 };
      await refusedAtThePool(redeem(api, letter, stranger(), { terms }), 'TermsWider');
    });

    test('whose terms allow nothing', async () => {
      const letter = await issued();
      const terms = { ...letter.published.toJSON(), actions: 0 };
      await refusedAtThePool(redeem(api, letter, stranger(), { terms }), 'TermsNotAcceptable');
    });

    test('by an account that is in use', async () => {
      await refusedAtThePool(redeem(api, await issued(), hospitalB.nurse), 'AccountInUse');
      const patient = await newPatient(api);
      await refusedAtThePool(redeem(api, await issued({}, hospitalB), patient.account), 'AccountInUse');
    });

    test('with an HPKE key that is in use, or is none', async () => {
      const hpke = hpkeKey();
      assert.equal((await submitGeneral(api, redeem(api, await issued(), stranger(), { hpke }))).error, null);
      await refusedAtThePool(redeem(api, await issued({}, hospitalB), stranger(), { hpke }), 'HpkeKeyInUse');
      const low = { X25519: new Uint8Array(32) };
      await refusedAtThePool(redeem(api, await issued(), stranger(), { hpke: low }), 'MalformedHpkeKey');
      const short = { XWing: '0x00' };
      await refusedAtThePool(redeem(api, await issued(), stranger(), { hpke: short }), 'MalformedHpkeKey');
    });

    test('in a bare or in a signed transaction', async () => {
      const call = redeem(api, await issued(), stranger());
      const bare = await rejection(node.rpc('author_submitExtrinsic', [call.toHex()]));
      assert.deepEqual([bare.code, bare.data], [UNKNOWN_VALIDITY, 'NoUnsignedValidator'], bare.message);
      assert.equal(await refusal(api, hospitalA.doctor, call), 'BadOrigin');
    });

    test('cut short', async () => {
      const whole = general(api, redeem(api, await issued(), stranger()));
      const error = await rejection(node.rpc('author_submitExtrinsic', [hex(whole.subarray(0, -1))]));
      assert.match(error.message, /[Cc]ould not decode/);
    });
  });

  describe('an application that', () => {
    const apply = (applicant, fields = {}) =>
      api.createType('SalusPrimitivesRegistryApplication', {
        genesis: api.genesisHash,
        institution: hospitalA.id,
        applicant: applicant.address,
        role: 'Nurse',
        licence: randomAsHex(32),
        speciality: randomAsHex(32),
        notAfter: inDays(1),
        ...fields,
      });
    const approve = (application, signer, from = Date.now(), until = inDays(365)) =>
      api.tx.roles.approveApplication(application, signature(signer, 'salus/application/1', application.toU8a()), from, until);

    test('is unsuited in one of many ways', async () => {
      const { officer, secondOfficer, doctor } = hospitalA;
      const her = stranger();
      const patient = await newPatient(api);
      const known = apply(doctor);
      const cases = [
        ['NotAnOfficer', doctor, approve(apply(her), her)],
        ['NotAnOfficer', hospitalB.officer, approve(apply(her), her)],
        ['OwnCredential', officer, approve(apply(officer), officer)],
        ['ForeignGenesis', officer, approve(apply(her, { genesis: randomAsHex(32) }), her)],
        ['ApplicationExpired', officer, approve(apply(her, { notAfter: Date.now() - 60_000 }), her)],
        ['ApplicantSignatureInvalid', officer, approve(apply(her), stranger())],
        ['UnknownInstitution', officer, approve(apply(her, { institution: 404 }), her)],
        ['DatesInverted', secondOfficer, approve(apply(her), her, inDays(2), inDays(1))],
        ['DatesInPast', secondOfficer, approve(apply(her), her, 1, 2)],
        ['CredentialExists', secondOfficer, approve(known, doctor)],
        ['AccountInUse', secondOfficer, approve(apply(patient.account), patient.account)],
      ];
      const found = await Promise.all(cases.map(([, signer, call]) => refusal(api, signer, call)));
      assert.deepEqual(found, cases.map(([name]) => `roles.${name}`));
      assert.equal(await node.rpc('roles_credential', [her.address, hospitalA.id]), null, 'nothing is half done');
    });
  });

  describe('a signer who', () => {
    test('was never registered', async () => {
      const error = await rejection(submit(api, stranger(), api.tx.roles.pruneVouchers([])));
      assert.equal(error.code, INVALID);
      assert.match(error.data, /^Inability to pay some fees/);
    });

    test('is suspended or revoked', async () => {
      const patient = await newPatient(api);
      const { officer, administrator, nurse } = hospitalA;
      await done(api, officer, api.tx.roles.suspendCredential(nurse.address, hospitalA.id));
      const propose = api.tx.roles.proposeAssignment(patient.id, nurse.address);
      assert.equal(await refusal(api, administrator, propose), 'roles.PractitionerNotActive');
      await done(api, officer, api.tx.roles.reinstateCredential(nurse.address, hospitalA.id));
      await done(api, administrator, propose);
      await done(api, officer, api.tx.roles.revokeCredential(nurse.address, hospitalA.id));
      const accept = api.tx.roles.acceptAssignment(patient.id, hospitalA.id);
      assert.equal(await refusal(api, nurse, accept), 'roles.PractitionerNotActive');
      const again = api.tx.roles.reinstateCredential(nurse.address, hospitalA.id);
      assert.equal(await refusal(api, officer, again), 'roles.CredentialNotSuspended');
    });

    test('acts for a patient of others', async () => {
      const patient = await newPatient(api);
      const { tx } = api;
      const propose = tx.roles.proposeAssignment(patient.id, hospitalA.doctor.address);
      assert.equal(await refusal(api, hospitalB.administrator, propose), 'roles.NotAnAdministrator');
      assert.equal(await refusal(api, hospitalA.doctor, propose), 'roles.NotAnAdministrator');
      await assign(api, patient, hospitalA.doctor);
      assert.equal(await refusal(api, hospitalA.administrator, propose), 'roles.AssignmentExists');
      const end = tx.roles.endAssignment(patient.id, hospitalA.doctor.address, hospitalA.id);
      assert.equal(await refusal(api, hospitalB.doctor, end), 'roles.NotInvolved');
      await done(api, patient.account, end);
      assert.equal(await refusal(api, hospitalA.doctor, end), 'roles.AssignmentOver');
    });

    test('belongs to a hospital that the council suspended', async () => {
      const letter = await issued({}, hospitalB);
      const suspend = api.tx.roles.suspendInstitution(hospitalB.id);
      assert.equal(await refusal(api, hospitalA.officer, suspend), 'BadOrigin');
      await decide(api, suspend);
      await refusedAtThePool(redeem(api, letter, stranger()), 'InstitutionNotActive');
      assert.equal((await node.rpc('roles_credential', [hospitalB.doctor.address, hospitalB.id])).active, false);
      const own = api.tx.roles.suspendCredential(hospitalB.nurse.address, hospitalB.id);
      assert.equal(await refusal(api, hospitalB.officer, own), 'roles.InstitutionNotActive');
      await decide(api, api.tx.roles.reinstateInstitution(hospitalB.id));
      assert.equal((await submitGeneral(api, redeem(api, letter, stranger()))).error, null, 'the same voucher serves again');
    });
  });
});
