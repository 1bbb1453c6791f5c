// The vault's listener and desk from outside: what goes in with a ticket, comes out with a release, and nothing else.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { connect, done, event } from './lib/chain.mjs';
import { decrypt, encrypt } from './lib/envelope.mjs';
import { keyPair } from './lib/hpke.mjs';
import { startNode, until } from './lib/node.mjs';
import { hex, newRecord, register } from './lib/records.mjs';
import { assign, newPatient } from './lib/registration.mjs';
import { download, multiSignature, release, releaseRequest, ticket, upload, wrapKey, wraps } from './lib/vault.mjs';

const LABORATORY = 4;
const FHIR = 0;

describe('the vault', () => {
  let node;
  let api;
  let patient;
  let genesis;
  let custodian;
  const { doctor } = hospitalA;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    genesis = Buffer.from(api.genesisHash.toU8a());
    custodian = Buffer.from((await node.rpc('roles_institution', [hospitalA.id])).hpke.key.slice(2), 'hex');
    patient = await newPatient(api);
    await assign(api, patient, doctor);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // A payload with everything that goes with its upload; `fields` replace those of the ticket.
  function parcel(fields = {}, { signer = doctor, document = randomBytes(5_000) } = {}) {
    const context = { genesis, patient: patient.id, category: LABORATORY, media: FHIR, institution: hospitalA.id };
    const sealed = encrypt(document, context);
    const binding = { genesis, sha256: sealed.sha256, patient: patient.id };
    const sent = wraps(wrapKey('custody', sealed.key, custodian, binding));
    const { cid, sha256, tree, size } = sealed;
    const usual = { genesis, institution: hospitalA.id, patient: patient.id, category: LABORATORY, media: FHIR };
    const signed = ticket({ ...usual, cid, sha256, tree, size, wraps: sent.hash, ...fields });
    return { ticket: signed, wraps: sent, signer, body: sealed.payload, sealed, context, binding, document };
  }

  async function refused(answer, status, name) {
    const { status: found, json } = await answer;
    assert.deepEqual([found, json?.name], [status, name], json?.message);
    assert.equal(typeof json.code, 'number');
    assert.ok(json.message.length > 10, 'it says what to do');
  }

  const nothingKept = async () => {
    const { pending, live } = await node.rpc('vault_status');
    assert.deepEqual([pending, live], [0, 0]);
  };

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
      await refused(upload(node, { ...good, wraps: other.wraps }), 400, 'ForeignWraps');
      await refused(upload(node, { ...good, body: other.body }), 400, 'BadHeader');
      const flipped = Buffer.from(good.body);
      flipped[flipped.length - 1] ^= 1;
      await refused(upload(node, { ...good, body: flipped }), 400, 'WrongHash');
      await refused(upload(node, parcel({ tree: randomBytes(32) })), 400, 'WrongTree');
      await refused(upload(node, parcel({ cid: other.sealed.cid })), 400, 'WrongCid');
      await refused(upload(node, parcel({ cid: Buffer.from([1]) })), 400, 'BadCid');
    });

    test('of more than the node takes', async () => {
      const small = await startNode({ args: ['--vault-limit', '16KiB'] });
      try {
        await refused(upload(small, parcel()), 413, 'TooLarge');
      } finally {
        await small.stop();
      }
    });

    test('and keeps nothing of any of them', nothingKept);
  });

  test('speaks of nothing else', async () => {
    const elsewhere = await fetch(`${node.vaultUrl}/v1/keys`);
    assert.equal(elsewhere.status, 404);
    assert.equal((await elsewhere.json()).name, 'NotFound');
    assert.equal((await fetch(`${node.vaultUrl}/v1/payloads`)).status, 405);
  });

  test('takes a payload, and gives it and its key to whom the chain permits, and to nobody else', async () => {
    const sent = parcel();
    const cid = (await upload(node, sent)).json.cid;
    const again = await upload(node, sent);
    assert.deepEqual([again.status, again.json], [200, { cid, sha256: hex(sent.sealed.sha256), state: 'pending' }]);

    const { sealed, ticket: signed } = sent;
    const said = { cid: hex(sealed.cid), sha256: hex(sealed.sha256), tree: hex(sealed.tree), size: sealed.size };
    const record = await register(api, doctor, newRecord(patient, { ...said, recordedAt: signed.recordedAt.toNumber() }));
    assert.equal((await node.rpc('records_get', [record])).cid, cid);
    const ask = (signer, at) => done(api, signer, api.tx.records.access([record], 'Treatment', at));
    const receiptOf = async (...who) => event(api, await ask(...who), 'records', 'Accessed').receipt.toNumber();
    const anchor = async () => {
      const hash = await node.rpc('chain_getFinalizedHead');
      return [Number((await node.rpc('chain_getHeader', [hash])).number), hash];
    };
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
    const other = await download(node, elsewhere, { request: good, signer: doctor });
    assert.ok(other.status >= 400 && other.json.name === 'OtherPayload', 'a release opens one payload only');

    // A receipt serves once it is final.
    const next = (await api.query.records.nextReceipt()).toNumber();
    const asked = ask(doctor, hospitalA.id);
    await until('the receipt is in a block', async () => (await api.query.records.receipts(next)).isSome);
    await refused(download(node, cid, { request: await request(next), signer: doctor }), 404, 'UnknownReceipt');
    await asked;
    assert.equal((await download(node, cid, { request: await request(next), signer: doctor })).status, 200);

    // What was permitted is not any more.
    await done(api, hospitalA.officer, api.tx.roles.suspendCredential(doctor.address, hospitalA.id));
    await refused(download(node, cid, { request: await request(permitted), signer: doctor }), 403, 'NotPermitted');
    await done(api, hospitalA.officer, api.tx.roles.reinstateCredential(doctor.address, hospitalA.id));
    assert.equal((await download(node, cid, { request: await request(permitted), signer: doctor })).status, 200);
    const status = await node.rpc('vault_status');
    assert.deepEqual([status.pending, status.live], [0, 1]);
  });
});
