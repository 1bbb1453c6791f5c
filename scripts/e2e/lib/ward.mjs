// A patient of hospital A, assigned to its doctor, and what goes into the vault about her.

import { randomBytes } from 'node:crypto';
import { hospitalA } from './accounts.mjs';
import { encrypt } from './envelope.mjs';
import { assign, newPatient } from './registration.mjs';
import { ticket, wrapKey, wraps } from './vault.mjs';

export const LABORATORY = 4;
const FHIR = 0;

export async function openWard(node, api) {
  const patient = await newPatient(api);
  await assign(api, patient, hospitalA.doctor);
  return new Ward(await custody(node), patient);
}

// The same for a patient whom nobody registered.
export const emptyWard = async (node) => new Ward(await custody(node), { id: 0 });

async function custody(node) {
  const { hpke } = await node.rpc('roles_institution', [hospitalA.id]);
  const bytes = (text) => Buffer.from(text.slice(2), 'hex');
  return { genesis: bytes(await node.rpc('chain_getBlockHash', [0])), custodian: bytes(hpke.key) };
}

class Ward {
  constructor({ genesis, custodian }, patient) {
    Object.assign(this, { genesis, custodian, patient });
  }

  // A payload with everything that goes with its upload; `fields` replace those of the ticket. An earlier parcel's
  // `sealed` makes another upload of the same payload.
  parcel(fields = {}, { signer = hospitalA.doctor, document = randomBytes(5_000), sealed, custody } = {}) {
    const { genesis, patient } = this;
    const usual = { genesis, patient: patient.id, category: LABORATORY, media: FHIR, institution: hospitalA.id };
    const { key, payload, cid, sha256, tree, size } = sealed ?? encrypt(document, usual);
    const binding = { genesis, sha256, patient: patient.id };
    const sent = wraps(custody ?? wrapKey('custody', key, this.custodian, binding));
    return {
      ticket: ticket({ ...usual, cid, sha256, tree, size, wraps: sent.hash, ...fields }),
      wraps: sent,
      signer,
      body: payload,
      sealed: { key, payload, cid, sha256, tree, size },
      context: usual,
      binding,
      document,
    };
  }
}
