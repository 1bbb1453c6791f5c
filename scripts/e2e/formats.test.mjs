// The formats as these tests write them reproduce the vault's vectors: what the node takes from here is no accident.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decrypt, encrypt } from './lib/envelope.mjs';
import { open } from './lib/hpke.mjs';
import { hex } from './lib/records.mjs';
import { wrapped } from './lib/sign.mjs';
import { Batch, Device } from './lib/telemetry.mjs';
import { decodeRequest, decodeTicket, keyInfo } from './lib/vault.mjs';

const vectors = (name) => JSON.parse(readFileSync(new URL(`../../node/vault/vectors/${name}.json`, import.meta.url)));
const telemetry = JSON.parse(readFileSync(new URL('../../pallets/primitives/vectors/telemetry.json', import.meta.url)));
const bytes = (digits) => Buffer.from(digits, 'hex');

describe('the formats', () => {
  test('of payloads of one segment', () => {
    const small = vectors('envelope').filter(({ document_len: length }) => length <= 2 ** 20);
    assert.ok(small.length > 2);
    for (const vector of small) {
      const context = { ...vector.context, genesis: bytes(vector.context.genesis) };
      const document = Buffer.from(Array.from({ length: vector.document_len }, (_, at) => Math.imul(at, 2654435761) >>> 24));
      const key = bytes(vector.data_key);
      const sealed = encrypt(document, context, { key, salt: bytes(vector.salt) });
      assert.equal(sealed.payload.subarray(0, 104).toString('hex'), vector.header);
      assert.equal(sealed.sha256.toString('hex'), vector.sha256);
      assert.equal(sealed.tree.toString('hex'), vector.tree);
      assert.equal(sealed.size, vector.size);
      assert.ok(decrypt(sealed.payload, key, context).equals(document));
    }
  });

  test('of wraps', () => {
    const { recipient, wraps } = vectors('wrap');
    const pair = { secret: bytes(recipient.private_key), public: bytes(recipient.public_key) };
    assert.ok(wraps.length > 2);
    for (const vector of wraps) {
      const binding = { genesis: bytes(vector.genesis), sha256: bytes(vector.sha256), patient: vector.patient, request: bytes(vector.request ?? '') };
      const info = keyInfo(vector.purpose, pair.public, binding);
      assert.equal(info.toString('hex'), vector.info);
      const wrap = bytes(vector.wrap);
      assert.equal(open(pair, wrap.subarray(1, 33), info, wrap.subarray(33)).toString('hex'), vector.data_key);
    }
  });

  test('of tickets and requests', () => {
    const { ticket, requests } = vectors('signed');
    assert.ok(requests.length > 0);
    const known = [
      [decodeTicket, 'salus/upload/1', ticket],
      ...requests.map((request) => [decodeRequest, 'salus/release/1', request]),
    ];
    for (const [decode, tag, { scale, signed }] of known) {
      const value = decode(bytes(scale));
      assert.equal(hex(value.toU8a()), `0x${scale}`);
      assert.equal(hex(wrapped(tag, value.toU8a())), `0x${signed}`);
    }
  });

  test('of readings, their leaves, and what devices and patients sign', () => {
    const { genesis, secret, readings, root, paths, claim } = telemetry;
    const device = new Device(bytes(genesis), Buffer.alloc(32, 7));
    assert.equal(device.id, `0x${telemetry.device}`);
    const [rate] = readings;
    const made = device.reading(rate.binding, rate.seq, rate.at, Number(rate.value.mantissa));
    assert.deepEqual([hex(made.bytes), hex(made.signature)], [`0x${rate.bytes}`, `0x${rate.signature}`]);
    assert.equal(device.claim(claim.institution, bytes(claim.codes))[3], `0x${claim.signature}`);
    const all = readings.map(({ seq, at, bytes: text, signature }) => ({ seq, at, bytes: bytes(text), signature: bytes(signature) }));
    const batch = new Batch(device, rate.binding, all, bytes(secret));
    assert.deepEqual(batch.leaves.map(hex), readings.map(({ leaf }) => `0x${leaf}`));
    assert.equal(batch.anchor().root, `0x${root}`);
    for (const [index, path] of paths.entries()) assert.deepEqual(batch.path(index).siblings, path.map((sibling) => `0x${sibling}`));
  });
});
