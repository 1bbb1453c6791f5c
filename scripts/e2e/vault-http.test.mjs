// The vault's listener and desk from outside: what goes in with a ticket, comes out with a release, and nothing else.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { connect, done, event } from './lib/chain.mjs';
import { decrypt } from './lib/envelope.mjs';
import { keyPair } from './lib/hpke.mjs';
import { startNode, until } from './lib/node.mjs';
import { hex, newRecord, register } from './lib/records.mjs';
import { download, kept, multiSignature, refused, release, releaseRequest, upload, wrapKey } from './lib/vault.mjs';
import { openWard } from './lib/ward.mjs';

describe('the vault', () => {
  let node;
  let api;
  let ward;
  const { doctor } = hospitalA;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    ward = await openWard(node, api);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const parcel = (...how) => ward.parcel(...how);

  describe('refuses an upload, from the same machine too,', () => {
    test('without a ticket, a signer, a signature or wraps', async () => {
      for (const header of ['salus-ticket', 'salus-signer', 'salus-signature', 'salus-wraps']) {
        await refused(upload(node, { ...parcel(), headers: { [header]: null } }), 400, 'MissingHeader');
      }
      await refused(upload(node, { body: randomBytes(100), signature: null }), 400, 'MissingHeader');
    });

    test('with headers that are not what they have to be', async () => {
      const { ticket: good } = parcel();
      const cut = hex(good.toU8a().subarray(1));
      const malformed = [
        ...['no hex', '0x', cut, `${hex(good.toU8a())}00`].map((value) => ['salus-ticket', value]),
        ...['nobody', '0x00'].map((value) => ['salus-signer', value]),
        ...['0x', 'no hex'].map((value) => ['salus-wraps', value]),
        ['salus-signature', 'no hex'],
      ];
      for (const [header, value] of malformed) {
        await refused(upload(node, { ...parcel(), headers: { [header]: value } }), 400, 'InvalidHeader');
      }
    });

    test('with a signature that is not the signer\'s', async () => {
      const good = parcel();
      const others = multiSignature(hospitalA.nurse, 'salus/upload/1', good.ticket);
      await refused(upload(node, { ...good, signature: others }), 401, 'BadSignature');
      await refused(upload(node, { ...good, signature: Buffer.from([7]) }), 401, 'BadSignature');
      const forRelease = multiSignature(doctor, 'salus/release/1', good.ticket);
      await refused(upload(node, { ...good, signature: forRelease }), 401, 'BadSignature');
    });

    test('with a ticket that is void, for another chain, or for nobody here', async () => {
      await refused(upload(node, parcel({ version: 2 })), 400, 'WrongVersion');
      await refused(upload(node, parcel({ genesis: randomBytes(32) })), 400, 'WrongGenesis');
      await refused(upload(node, parcel({ notAfter: Date.now() - 60_000 })), 401, 'Expired');
      await refused(upload(node, parcel({ notAfter: Date.now() + 25 * 3_600_000 })), 400, 'TicketTooLong');
      await refused(upload(node, parcel({ institution: 404 })), 421, 'NoDesk');
    });

    test('of what the chain does not permit', async () => {
      await refused(upload(node, parcel({}, { signer: hospitalB.doctor })), 403, 'NotPermitted');
      await refused(upload(node, parcel({}, { signer: stranger() })), 403, 'NotPermitted');
      await refused(upload(node, parcel({ patient: 404 })), 403, 'NotPermitted');
      await refused(upload(node, parcel({ category: 11 })), 403, 'NotPermitted');
    });

    test('of bytes or wraps that are not the ticket\'s', async () => {
      const good = parcel();
      const other = parcel();
      await refused(upload(node, { ...good, body: good.body.subarray(1) }), 400, 'WrongLength');
      await refused(upload(node, parcel({ size: good.sealed.size + 1 })), 400, 'WrongLength');
      const chunks = new Blob([good.body]).stream();
      await refused(upload(node, { ...good, body: chunks }), 411, 'LengthRequired');
      await refused(upload(node, { ...parcel({ size: 100 }), body: randomBytes(100) }), 400, 'BadSize');
      await refused(upload(node, { ...good, wraps: other.wraps }), 400, 'ForeignWraps');
      const whole = good.wraps.custody.toU8a(true);
      for (const custody of [[], whole.subarray(1), [...whole, 0], [2, ...whole.subarray(1)]]) {
        await refused(upload(node, parcel({}, { custody: Buffer.from(custody) })), 400, 'BadWraps');
      }
      const toAnother = wrapKey('custody', good.sealed.key, keyPair().public, good.binding);
      for (const custody of [toAnother, other.wraps.custody.toU8a(true)]) {
        await refused(upload(node, parcel({}, { custody, sealed: good.sealed })), 400, 'ForeignCustodyWrap');
      }
      await refused(upload(node, { ...good, body: other.body }), 400, 'BadHeader');
      const flipped = Buffer.from(good.body);
      flipped[flipped.length - 1] ^= 1;
      await refused(upload(node, { ...good, body: flipped }), 400, 'WrongHash');
      await refused(upload(node, parcel({ tree: randomBytes(32) })), 400, 'WrongTree');
      await refused(upload(node, parcel({ cid: other.sealed.cid })), 400, 'WrongCid');
      await refused(upload(node, parcel({ cid: Buffer.from([1]) })), 400, 'BadCid');
    });

    test('and keeps nothing of any of them', async () => {
      assert.deepEqual(await kept(node), { stored: 0, pending: 0, live: 0 });
    });
  });

  test('speaks of nothing else', async () => {
    const elsewhere = await fetch(`${node.vaultUrl}/v1/keys`);
    assert.equal(elsewhere.status, 404);
    assert.equal((await elsewhere.json()).name, 'NotFound');
    assert.equal((await fetch(`${node.vaultUrl}/v1/payloads`)).status, 405);
  });

  test('takes a payload, and gives it and its key to whom the chain permits, and to nobody else', async () => {
    const sent = parcel();
    const first = await upload(node, sent);
    assert.equal(first.status, 201);
    const { cid } = first.json;
    const repeated = await upload(node, sent);
    assert.deepEqual([repeated.status, repeated.json], [200, { cid, sha256: hex(sent.sealed.sha256), state: 'pending' }]);

    const { sealed, ticket: signed } = sent;
    const said = { cid: hex(sealed.cid), sha256: hex(sealed.sha256), tree: hex(sealed.tree), size: sealed.size };
    const record = await register(api, doctor, newRecord(ward.patient, { ...said, recordedAt: signed.recordedAt.toNumber() }));
    assert.equal((await node.rpc('records_get', [record])).cid, cid);
    const ask = (signer, at) => done(api, signer, api.tx.records.access([record], 'Treatment', at));
    const receiptOf = async (...who) => event(api, await ask(...who), 'records', 'Accessed').receipt.toNumber();
    const anchor = async () => {
      const hash = await node.rpc('chain_getFinalizedHead');
      return [Number((await node.rpc('chain_getHeader', [hash])).number), hash];
    };
    const { genesis } = ward;
    const recipient = keyPair();
    const request = async (receipt, fields = {}) => releaseRequest({
      genesis,
      custodian: hospitalA.id,
      receipt,
      object: { Record: record },
      requester: doctor.publicKey,
      recipientKey: { X25519: recipient.public },
      anchor: await anchor(),
      ...fields,
    });

    // The author, by rule 6.
    const permitted = await receiptOf(doctor, hospitalA.id);
    const good = await request(permitted);
    const key = await release(node, { request: good, signer: doctor, recipient, binding: sent.binding });
    assert.ok(key.equals(sealed.key));
    const fetched = await download(node, cid, { request: good, signer: doctor });
    assert.equal(fetched.status, 200);
    assert.ok(decrypt(fetched.bytes, key, sent.context).equals(sent.document), 'byte for byte');
    const part = await download(node, cid, { request: good, signer: doctor, headers: { range: 'bytes=100-199' } });
    assert.equal(part.status, 206);
    assert.ok(part.bytes.equals(sealed.payload.subarray(100, 200)));
    assert.equal(part.headers.get('content-range'), `bytes 100-199/${sealed.size}`);

    // Everybody else, and every other way: by RPC and by HTTP with the same names.
    const denied = await receiptOf(hospitalB.doctor, hospitalB.id);
    const asB = { requester: hospitalB.doctor.publicKey };
    const nurse = hospitalA.nurse;
    const [height] = await anchor();
    const cases = [
      ['BadSignature', 401, nurse, good],
      ['ForeignReceipt', 403, nurse, await request(permitted, { requester: nurse.publicKey })],
      ['ForeignReceipt', 403, doctor, await request(permitted, { object: { Record: 404 } })],
      ['RefusedInReceipt', 403, hospitalB.doctor, await request(denied, asB)],
      ['UnknownReceipt', 404, doctor, await request(404)],
      ['StaleAnchor', 401, doctor, await request(permitted, { anchor: [0, genesis] })],
      ['StaleAnchor', 401, doctor, await request(permitted, { anchor: [height, randomBytes(32)] })],
      ['StaleAnchor', 401, doctor, await request(permitted, { anchor: [height + 1_000_000, randomBytes(32)] })],
      ['WrongGenesis', 400, doctor, await request(permitted, { genesis: randomBytes(32) })],
      ['WrongVersion', 400, doctor, await request(permitted, { version: 9 })],
      ['WrongCustodian', 421, doctor, await request(permitted, { custodian: hospitalB.id })],
      ['NoDesk', 421, doctor, await request(permitted, { custodian: 404 })],
      ['UnsupportedRecipientKey', 400, doctor, await request(permitted, { recipientKey: { XWing: '0x00' } })],
    ];
    for (const [name, status, signer, asked] of cases) {
      await refused(download(node, cid, { request: asked, signer }), status, name);
      const byRpc = release(node, { request: asked, signer, recipient, binding: sent.binding });
      await assert.rejects(byRpc, ({ data }) => data.name === name, name);
    }
    await refused(download(node, cid), 400, 'MissingHeader');
    await refused(download(node, cid, { request: good, signer: doctor, headers: { 'salus-release': '0x00' } }), 400, 'InvalidHeader');
    await refused(download(node, cid, { request: good, signer: doctor, headers: { range: 'bytes=9-1' } }), 416, 'InvalidRange');
    const elsewhere = cid.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    await refused(download(node, elsewhere, { request: good, signer: doctor }), 403, 'OtherPayload');

    // A receipt serves once it is final. Where finality was faster than this test, it tries again.
    const early = await until('a key is asked for before its receipt is final', async () => {
      const next = (await api.query.records.nextReceipt()).toNumber();
      const asked = ask(doctor, hospitalA.id);
      await until('the receipt is in a block', async () => (await api.query.records.receipts(next)).isSome);
      const answer = await download(node, cid, { request: await request(next), signer: doctor });
      const isFinal = (await node.rpc('records_receipt', [next])) !== null;
      await asked;
      return !isFinal && { next, answer };
    });
    await refused(early.answer, 404, 'UnknownReceipt');
    assert.equal((await download(node, cid, { request: await request(early.next), signer: doctor })).status, 200);

    // What was permitted is not any more.
    await done(api, hospitalA.officer, api.tx.roles.suspendCredential(doctor.address, hospitalA.id));
    await refused(download(node, cid, { request: await request(permitted), signer: doctor }), 403, 'NotPermitted');
    await done(api, hospitalA.officer, api.tx.roles.reinstateCredential(doctor.address, hospitalA.id));
    assert.equal((await download(node, cid, { request: await request(permitted), signer: doctor })).status, 200);
    assert.deepEqual(await kept(node), { stored: sealed.size, pending: 0, live: 1 });

    // What the store lost or spoiled is not given as if it were whole.
    const block = fileOf(node, cid);
    const again = async () => download(node, cid, { request: await request(permitted), signer: doctor });
    const whole = readFileSync(block);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 1] ^= 1;
    writeFileSync(block, flipped);
    await refused(again(), 500, 'Store');
    rmSync(block);
    await refused(again(), 404, 'NoPayload');
    writeFileSync(block, whole);
    assert.ok((await again()).bytes.equals(sealed.payload));
  });
});

// Where the store keeps the only block of a small payload.
function fileOf(node, cid) {
  const files = readdirSync(node.basePath, { recursive: true, withFileTypes: true });
  const found = files.filter((file) => file.name === cid && file.path.includes('blocks'));
  assert.equal(found.length, 1, cid);
  return join(found[0].path, cid);
}
