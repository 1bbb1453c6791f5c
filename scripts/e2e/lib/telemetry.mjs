// A device, what it signs, and batches of its readings, written from the bytes in pallets/telemetry/README.md.

import { createHmac, randomBytes } from 'node:crypto';
import { blake2AsU8a, ed25519PairFromSeed, ed25519Sign } from '@polkadot/util-crypto';
import { compactToU8a, stringToU8a, u8aConcat } from '@polkadot/util';
import { cid, hex, SMALLEST } from './records.mjs';
import { signature, tagged } from './sign.mjs';

function little(number, bytes) {
  const out = Buffer.alloc(8);
  out.writeBigInt64LE(BigInt.asIntN(64, BigInt(number)));
  return out.subarray(0, bytes);
}

const u32 = (number) => little(number, 4);
const u64 = (number) => little(number, 8);
const text = (value) => u8aConcat(compactToU8a(value.length), stringToU8a(value));
const hash = (...parts) => blake2AsU8a(u8aConcat(...parts), 256);

export class Device {
  constructor(genesis, seed = randomBytes(32)) {
    this.genesis = genesis;
    this.pair = ed25519PairFromSeed(seed);
    this.key = this.pair.publicKey;
    this.id = hex(this.key);
  }

  // The call's arguments by which an institution provisions it.
  claim(institution, codes = randomBytes(32)) {
    const claim = u8aConcat(this.genesis, u32(institution), this.key, codes);
    return [institution, this.id, hex(codes), hex(ed25519Sign(tagged('salus/device/1', claim), this.pair))];
  }

  // The call's arguments by which the ward binds it, with the patient's consent; `number` is how many bindings it had.
  consent(patient, { number = 0, starts = Date.now(), ends = starts + 3_600_000, notAfter = ends } = {}) {
    const signed = u8aConcat(this.genesis, this.key, u32(number), u64(patient.id), u64(starts), u64(ends), u64(notAfter));
    const statement = { signer: patient.account.address, notAfter, signature: signature(patient.account, 'salus/bind/1', signed) };
    return [this.id, patient.id, { starts, ends }, statement];
  }

  // A heart rate that it measures.
  reading(binding, seq, at, value) {
    const decimal = u8aConcat([0], u64(value), [0]);
    const bytes = u8aConcat([1], this.genesis, this.key, u64(binding), u64(seq), u64(at), text('8867-4'), decimal, text('/min'), u64(seq));
    return { seq, at, bytes, signature: ed25519Sign(bytes, this.pair) };
  }
}

// HKDF-SHA256 of 16 bytes: one block of output.
function salt(secret, seq) {
  const key = createHmac('sha256', Buffer.alloc(32)).update(secret).digest();
  const block = createHmac('sha256', key).update('salus/leaf/1').update(u64(seq)).update(Buffer.from([1]));
  return block.digest().subarray(0, 16);
}

const split = (count) => 2 ** (Math.ceil(Math.log2(count)) - 1);

function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  const left = split(leaves.length);
  return hash([1], rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
}

// The siblings of a leaf, from it up.
function siblings(leaves, index) {
  if (leaves.length === 1) return [];
  const left = split(leaves.length);
  const [below, above] = [leaves.slice(0, left), leaves.slice(left)];
  return index < left ? [...siblings(below, index), rootOf(above)] : [...siblings(above, index - left), rootOf(below)];
}

// Readings of one device and binding under a secret of their own.
export class Batch {
  constructor(device, binding, readings, secret = randomBytes(32)) {
    Object.assign(this, { device, binding, readings });
    this.leaves = readings.map(({ seq, bytes, signature: signed }) => hash([0], salt(secret, seq), bytes, signed));
  }

  // What the gateway anchors; nobody has the payload.
  anchor() {
    const times = this.readings.map(({ at }) => at);
    const sha256 = randomBytes(32);
    return {
      device: this.device.id,
      binding: this.binding,
      firstSeq: this.readings[0].seq,
      count: this.readings.length,
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
      root: hex(rootOf(this.leaves)),
      cid: cid(sha256),
      sha256: hex(sha256),
      size: SMALLEST,
    };
  }

  path(index) {
    return { index, siblings: siblings(this.leaves, index).map(hex) };
  }
}
