// Payloads of one segment, written from the format in node/vault/README.md and from nothing else of ours.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { expand, extract } from './hpke.mjs';

const HEADER = 104;
const AUTHENTICATED = 80;
const TAG = 16;
const SEGMENT = 2 ** 20;
const SMALLEST = 16 * 1024;
const LEAF = 4096;

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const integer = (value, bytes) => Buffer.from(BigInt(value).toString(16).padStart(2 * bytes, '0'), 'hex');

// Encrypts, under a fresh key unless a vector gives one. `context`: genesis, patient, category, media (SCALE indices)
// and institution.
export function encrypt(document, context, { key = randomBytes(32), salt = randomBytes(32) } = {}) {
  const padded = padme(document.length);
  if (padded > SEGMENT) throw new Error('one segment only');
  const keys = derive(key, salt, context, padded);
  const begin = Buffer.concat([Buffer.from('SALV'), Buffer.from([1, 1, 0, 0]), salt, keys.commitment, integer(padded, 8)]);
  const header = Buffer.concat([begin, aead(keys.length, Buffer.alloc(12), begin, integer(document.length, 8))]);
  const plaintext = Buffer.concat([document, Buffer.alloc(padded - document.length)]);
  const payload = Buffer.concat([header, aead(keys.content, LAST, header, plaintext)]);
  return { key, payload, ...fingerprint(payload) };
}

// The document; throws where key, context or a bit is another.
export function decrypt(payload, key, context) {
  const header = payload.subarray(0, HEADER);
  const padded = Number(header.readBigUInt64BE(72));
  const keys = derive(key, header.subarray(8, 40), context, padded);
  if (!keys.commitment.equals(header.subarray(40, 72))) throw new Error('another key, or another context');
  const length = open(keys.length, Buffer.alloc(12), header.subarray(0, AUTHENTICATED), header.subarray(AUTHENTICATED));
  return open(keys.content, LAST, header, payload.subarray(HEADER)).subarray(0, Number(length.readBigUInt64BE(0)));
}

// What the chain says of a payload of one block.
export const fingerprint = (payload) => ({
  sha256: sha256(payload),
  tree: root(leaves(payload)),
  cid: Buffer.concat([Buffer.from([1, 0x55, 0x12, 0x20]), sha256(payload)]),
  size: payload.length,
});

// Segment 0, and the last one: 7 zero bytes, the counter, the flag.
const LAST = Buffer.concat([Buffer.alloc(11), Buffer.from([1])]);

function padme(length) {
  if (length <= SMALLEST) return SMALLEST;
  const exponent = Math.floor(Math.log2(length));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.max(SMALLEST, Math.ceil(length / step) * step);
}

function derive(key, salt, { genesis, patient, category, media, institution }, padded) {
  const context = Buffer.concat([
    ...[Buffer.from([1, 1]), Buffer.from(genesis), integer(patient, 8)],
    ...[Buffer.from([category, media]), integer(institution, 4), integer(padded, 8)],
  ]);
  const prk = extract(salt, key);
  const [content, length, commitment] = ['content', 'length', 'commit'].map((name) =>
    expand(prk, Buffer.concat([Buffer.from(`salus/${name}/1`), sha256(context)]), 32));
  return { content, length, commitment };
}

function aead(key, nonce, associated, plaintext) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(key, nonce, associated, sealed) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated).setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
}

function leaves(payload) {
  const count = Math.ceil(payload.length / LEAF);
  return Array.from({ length: count }, (_, at) => sha256(Buffer.from([0]), payload.subarray(at * LEAF, (at + 1) * LEAF)));
}

function root(hashes) {
  if (hashes.length === 1) return hashes[0];
  let left = 1;
  while (2 * left < hashes.length) left *= 2;
  return sha256(Buffer.from([1]), root(hashes.slice(0, left)), root(hashes.slice(left)));
}
