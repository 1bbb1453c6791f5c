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

const RAW = 0x55;
const DAG_PB = 0x70;

// CIDv1, SHA-256, of one raw block.
export const cid = (digest = randomBytes(32), codec = RAW) => hex([1, codec, 0x12, 0x20, ...digest]);

// Of a payload: one block up to 1 MiB, a tree beyond.
const cidOf = (sha256, size) => (size <= 2 ** 20 ? cid(Buffer.from(sha256.slice(2), 'hex')) : cid(randomBytes(32), DAG_PB));

// What is said of a new payload; `fields` replace what is usual.
export const newRecord = (patient, { sha256 = hex(randomBytes(32)), size = SMALLEST, ...fields } = {}) => ({
  patient: patient.id ?? patient,
  origin: 'Clinician',
  category: 'Laboratory',
  compartment: null,
  media: 'FhirJson',
  cid: cidOf(sha256, size),
  sha256,
  tree: hex(randomBytes(32)),
  size,
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
