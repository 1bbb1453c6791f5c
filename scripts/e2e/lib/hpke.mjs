// HPKE (RFC 9180) base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, empty associated data.

import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

const KEM = Buffer.from('4b454d0020', 'hex'); // "KEM" ++ X25519
const SUITE = Buffer.from('48504b45002000010002', 'hex'); // "HPKE" ++ X25519, HKDF-SHA256, AES-256-GCM
const VERSION = Buffer.from('HPKE-v1');
const NOTHING = Buffer.alloc(0);
const TAG = 16;

// A key pair: `{ secret, public }`, 32 bytes each.
export function keyPair() {
  const { x, d } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  return { secret: Buffer.from(d, 'base64url'), public: Buffer.from(x, 'base64url') };
}

// The encapsulated key, and the plaintext sealed to the recipient.
export function seal(recipient, info, plaintext) {
  const ephemeral = keyPair();
  const { key, nonce } = schedule(agree(ephemeral, recipient), ephemeral.public, recipient, info);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return { encapsulated: ephemeral.public, sealed: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) };
}

// The plaintext; throws where the key, the info or a bit is another.
export function open(recipient, encapsulated, info, sealed) {
  const { key, nonce } = schedule(agree(recipient, encapsulated), encapsulated, recipient.public, info);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
}

export const extract = (salt, material) => createHmac('sha256', salt.length ? salt : Buffer.alloc(32)).update(material).digest();

export function expand(key, info, length) {
  let block = NOTHING;
  let bytes = NOTHING;
  for (let counter = 1; bytes.length < length; counter += 1) {
    block = createHmac('sha256', key).update(Buffer.concat([block, info, Buffer.from([counter])])).digest();
    bytes = Buffer.concat([bytes, block]);
  }
  return bytes.subarray(0, length);
}

function agree(own, other) {
  const base64 = (bytes) => Buffer.from(bytes).toString('base64url');
  const jwk = { kty: 'OKP', crv: 'X25519' };
  return diffieHellman({
    privateKey: createPrivateKey({ format: 'jwk', key: { ...jwk, x: base64(own.public), d: base64(own.secret) } }),
    publicKey: createPublicKey({ format: 'jwk', key: { ...jwk, x: base64(other) } }),
  });
}

function schedule(shared, encapsulated, recipient, info) {
  const prk = labeledExtract(KEM, NOTHING, 'eae_prk', shared);
  const secret = labeledExpand(KEM, prk, 'shared_secret', Buffer.concat([encapsulated, recipient]), 32);
  const context = Buffer.concat([
    Buffer.from([0]),
    labeledExtract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    labeledExtract(SUITE, NOTHING, 'info_hash', info),
  ]);
  const inner = labeledExtract(SUITE, secret, 'secret', NOTHING);
  return { key: labeledExpand(SUITE, inner, 'key', context, 32), nonce: labeledExpand(SUITE, inner, 'base_nonce', context, 12) };
}

const labeledExtract = (suite, salt, label, material) =>
  extract(salt, Buffer.concat([VERSION, suite, Buffer.from(label), material]));

const labeledExpand = (suite, key, label, info, length) =>
  expand(key, Buffer.concat([Buffer.from([length >> 8, length & 0xff]), VERSION, suite, Buffer.from(label), info]), length);
