// The vault's HTTP listener and release desk, as a client written from their documents sees them.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { TypeRegistry } from '@polkadot/types';
import { hexToU8a } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import { open as openSealed, seal } from './hpke.mjs';
import { hex } from './records.mjs';
import { wrapped } from './sign.mjs';

const SUITE = 1;
const KIND = { custody: 1, subject: 2, release: 3 };
const registry = new TypeRegistry();
registry.register({
  Wraps: { custody: 'Bytes', subject: 'Option<Bytes>' },
  UploadTicket: {
    version: 'u8',
    genesis: '[u8; 32]',
    institution: 'u32',
    purpose: 'u8',
    patient: 'u64',
    category: 'u8',
    compartment: 'Option<u8>',
    media: 'u8',
    recordedAt: 'u64',
    cid: 'Bytes',
    sha256: '[u8; 32]',
    tree: '[u8; 32]',
    size: 'u64',
    wraps: '[u8; 32]',
    notAfter: 'u64',
  },
  HpkeKey: { _enum: { X25519: '[u8; 32]', XWing: 'Bytes' } },
  Object: { _enum: { Record: 'u64', Batch: 'u64' } },
  ReleaseRequest: {
    version: 'u8',
    genesis: '[u8; 32]',
    custodian: 'u32',
    receipt: 'u64',
    object: 'Object',
    requester: '[u8; 32]',
    recipientKey: 'HpkeKey',
    anchor: '(u32, [u8; 32])',
    nonce: '[u8; 16]',
  },
});

// A data key sealed to a recipient, for the payload with this SHA-256.
export function wrapKey(kind, key, recipient, binding) {
  const { encapsulated, sealed } = seal(recipient, keyInfo(kind, recipient, binding), key);
  return Buffer.concat([Buffer.from([SUITE]), encapsulated, sealed]);
}

export const wraps = (custody, subject = null) =>
  registry.createType('Wraps', { custody: hex(custody), subject: subject && hex(subject) });

// A ticket for a payload; `fields` as in the table of the vault's README.
export const ticket = (fields) =>
  registry.createType('UploadTicket', {
    version: 1,
    purpose: 0,
    category: 4,
    compartment: null,
    media: 0,
    recordedAt: Date.now() - 60_000,
    notAfter: Date.now() + 10 * 60_000,
    ...fields,
    cid: hex(fields.cid),
  });

// A request for a key, to be opened with `recipient`.
export const releaseRequest = (fields) =>
  registry.createType('ReleaseRequest', { version: 1, nonce: randomBytes(16), ...fields });

export const decodeTicket = (scale) => registry.createType('UploadTicket', scale);
export const decodeRequest = (scale) => registry.createType('ReleaseRequest', scale);

// An account's signature, SCALE encoded as a MultiSignature of sr25519.
export const multiSignature = (pair, tag, value) => Buffer.concat([Buffer.from([1]), pair.sign(wrapped(tag, value.toU8a()))]);

// Uploads a parcel; `headers` replace the usual ones, null leaves one out.
export function upload(node, parcel) {
  return answer(`${node.vaultUrl}/v1/payloads`, { method: 'POST', body: parcel.body, headers: headersOf(parcel), duplex: 'half' });
}

function headersOf({ ticket, wraps, signer, signature = multiSignature(signer, 'salus/upload/1', ticket), headers = {} }) {
  const usual = {
    'salus-ticket': ticket && hex(ticket.toU8a()),
    'salus-wraps': wraps && hex(wraps.toU8a()),
    'salus-signer': signer && hex(signer.publicKey),
    'salus-signature': signature && hex(signature),
  };
  return present({ ...usual, ...headers });
}

// Begins an upload, and gives it when the node asks for its body: by then everything before the body was judged.
// `finish` sends the body, `breakOff` closes the connection; `answered` is what the node says in the end. Of a refused
// upload the node asks for the body too, waits for it a moment, and then says so.
export async function begin(node, parcel) {
  const headers = { ...headersOf(parcel), 'content-length': parcel.body.length, expect: '100-continue' };
  const call = httpRequest(`${node.vaultUrl}/v1/payloads`, { method: 'POST', agent: false, headers });
  const answered = once(call, 'response').then(async ([response]) => ({
    status: response.statusCode,
    json: JSON.parse(await buffer(response)),
  }));
  // One that is broken off is not answered.
  answered.catch(() => {});
  const early = await Promise.race([once(call, 'continue').then(() => null), answered]);
  assert.equal(early, null, `the upload was answered before its body: ${JSON.stringify(early)}`);
  return {
    answered,
    finish: () => {
      call.end(parcel.body);
      return answered;
    },
    breakOff: () => call.destroy(),
  };
}

// A refusal over HTTP: its status and its name, and that it says what to do.
export async function refused(answer, status, name) {
  const { status: found, json } = await answer;
  assert.deepEqual([found, json?.name], [status, name], json?.message);
  assert.equal(typeof json.code, 'number');
  assert.ok(json.message.length > 10, 'it says what to do');
}

// What the vault holds now.
export async function kept(node) {
  const { stored, pending, live } = await node.rpc('vault_status');
  return { stored, pending, live };
}

export function download(node, cid, { request, signer, signature = request && multiSignature(signer, 'salus/release/1', request), headers = {} } = {}) {
  const usual = { 'salus-release': request && hex(request.toU8a()), 'salus-signature': signature && hex(signature) };
  return answer(`${node.vaultUrl}/v1/payloads/${cid}`, { headers: present({ ...usual, ...headers }) });
}

// Asks the desk by RPC and opens what it releases.
export async function release(node, { request, signer, recipient, binding }) {
  const released = await node.rpc('vault_release', [hex(request.toU8a()), hex(multiSignature(signer, 'salus/release/1', request))]);
  const wrap = Buffer.from(registry.createType('Bytes', hexToU8a(released)).toU8a(true));
  const bound = { ...binding, request: blake2AsU8a(request.toU8a(), 256) };
  return openSealed(recipient, wrap.subarray(1, 33), keyInfo('release', recipient.public, bound), wrap.subarray(33));
}

// What HPKE binds a wrap to.
export function keyInfo(kind, recipient, { genesis, sha256, patient, request = [] }) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(patient));
  return Buffer.concat([Buffer.from('salus/wrap/1'), Buffer.from([SUITE, KIND[kind]]), genesis, sha256, number, recipient, Buffer.from(request)]);
}

const present = (headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== null && value !== undefined));

async function answer(url, options) {
  const response = await fetch(url, options);
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type') === 'application/json';
  return { status: response.status, headers: response.headers, bytes, json: isJson ? JSON.parse(bytes) : undefined };
}
