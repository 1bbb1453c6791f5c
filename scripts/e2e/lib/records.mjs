// Records whose payload nobody has: well formed, and made of random bytes.

import { randomBytes } from 'node:crypto';
import { hospitalA } from './accounts.mjs';
import { done, event } from './chain.mjs';

const HEADER = 104;
const SEGMENT = 2 ** 20;
const TAG = 16;

// Bytes of ciphertext for a padded length.
export const payloadSize = (padded) => HEADER + padded + TAG * Math.ceil(padded / SEGMENT);

// The smallest payload that there is.
export const SMALLEST = payloadSize(16 * 1024);

export const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;

// CIDv1, raw, SHA-256.
export const cid = (digest = randomBytes(32)) => hex([1, 0x55, 0x12, 0x20, ...digest]);

// What is said of a new payload; `fields` replace what is usual.
export const newRecord = (patient, fields = {}) => ({
  patient: patient.id ?? patient,
  origin: 'Clinician',
  category: 'Laboratory',
  compartment: null,
  media: 'FhirJson',
  cid: cid(),
  sha256: hex(randomBytes(32)),
  tree: hex(randomBytes(32)),
  size: SMALLEST,
  recordedAt: Date.now() - 60_000,
  relatesTo: null,
  docStatus: 'Final',
  ...fields,
});

// Registers a record as a practitioner who may, and gives its id.
export async function register(api, practitioner, record, institution = hospitalA.id) {
  const outcome = await done(api, practitioner, api.tx.records.register(record, 'Treatment', institution));
  return event(api, outcome, 'records', 'RecordRegistered').record.toNumber();
}
