// Vouchers, and the registrations that redeem them.

import { generateKeyPairSync } from 'node:crypto';
import { blake2AsHex, ed25519PairFromSeed, ed25519Sign, randomAsU8a } from '@polkadot/util-crypto';
import { u8aConcat } from '@polkadot/util';
import { hospitalA, stranger } from './accounts.mjs';
import { done, event, submitGeneral } from './chain.mjs';
import { signature, tagged } from './sign.mjs';
import { inDays } from './terms.mjs';

const VOUCHER = 'SalusPrimitivesRegistryVoucher';
const TERMS = 'SalusPrimitivesConsentTerms';
const HPKE_KEY = 'SalusPrimitivesSigningHpkeKey';

// The pool's custom codes, as pallets/roles documents them in `pool_errors`.
export const POOL = {
  VoucherExpired: 1,
  VoucherTooLong: 2,
  VoucherUsed: 3,
  ForeignGenesis: 4,
  UnknownInstitution: 5,
  InstitutionNotActive: 6,
  NotAnOfficer: 7,
  TermsChanged: 8,
  TermsWider: 9,
  TermsNotAcceptable: 10,
  AccountInUse: 11,
  MalformedHpkeKey: 12,
  HpkeKeyInUse: 13,
  VoucherSignatureInvalid: 14,
  KeySignatureInvalid: 15,
  ControllerSignatureInvalid: 16,
  VoucherKeyWeak: 17,
  AccountLeft: 18,
};

// An X25519 public key whose secret nobody keeps.
export function hpkeKey() {
  const { x } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  return { X25519: Buffer.from(x, 'base64url') };
}

// What a patient of the institution accepts.
export async function publishedTerms(api, institution) {
  return (await api.query.roles.institutions(institution)).unwrap().admissionTerms;
}

// A letter of the hospital: the voucher, who signed it, and the one-time key. `fields` replace those of the voucher.
export async function issueVoucher(api, hospital = hospitalA, { officer = hospital.officer, ...fields } = {}) {
  const oneTime = ed25519PairFromSeed(randomAsU8a(32));
  const published = await publishedTerms(api, hospital.id);
  const voucher = api.createType(VOUCHER, {
    genesis: api.genesisHash,
    institution: hospital.id,
    terms: blake2AsHex(published.toU8a(), 256),
    key: oneTime.publicKey,
    notAfter: inDays(7),
    ...fields,
  });
  return { voucher, oneTime, officer: officer.address, signature: signature(officer, 'salus/voucher/1', voucher.toU8a()), published };
}

// The call that redeems a letter for a patient's account. What is in `forged` replaces fields of the call after the
// signatures were made.
export function redeem(api, letter, patient, { hpke = hpkeKey(), terms = letter.published, forged = {} } = {}) {
  const signed = u8aConcat(
    letter.voucher.genesis.toU8a(),
    letter.voucher.institution.toU8a(),
    letter.voucher.key.toU8a(),
    patient.publicKey,
    api.createType(HPKE_KEY, hpke).toU8a(),
    api.createType(TERMS, terms).toU8a(),
  );
  const fields = {
    voucher: letter.voucher,
    officer: letter.officer,
    voucherSignature: letter.signature,
    controller: patient.address,
    hpke,
    terms,
    keySignature: ed25519Sign(tagged('salus/register/1', signed), letter.oneTime),
    controllerSignature: signature(patient, 'salus/register/1', signed),
    ...forged,
  };
  return api.tx.roles.registerPatient(
    fields.voucher,
    fields.officer,
    fields.voucherSignature,
    fields.controller,
    fields.hpke,
    fields.terms,
    fields.keySignature,
    fields.controllerSignature,
  );
}

// A new patient of the hospital: `{ id, account }`.
export async function newPatient(api, hospital = hospitalA) {
  const account = stranger();
  const outcome = await submitGeneral(api, redeem(api, await issueVoucher(api, hospital), account));
  if (outcome.error) throw new Error(`the registration was refused: ${outcome.error}`);
  return { id: event(api, outcome, 'roles', 'PatientRegistered').patient.toNumber(), account, outcome };
}

// Assigns a patient to a practitioner of her hospital, who accepts.
export async function assign(api, patient, practitioner, hospital = hospitalA) {
  await done(api, hospital.administrator, api.tx.roles.proposeAssignment(patient.id, practitioner.address));
  await done(api, practitioner, api.tx.roles.acceptAssignment(patient.id, hospital.id));
}
