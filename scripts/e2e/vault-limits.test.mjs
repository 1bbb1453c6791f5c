// The vault when it is full, busy, cut off, or given the same payload twice; and for whom it stops at once.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { hospitalA } from './lib/accounts.mjs';
import { connect, done } from './lib/chain.mjs';
import { decide } from './lib/council.mjs';
import { keyPair } from './lib/hpke.mjs';
import { startNode, until } from './lib/node.mjs';
import { hex, payloadSize } from './lib/records.mjs';
import { begin, download, kept, multiSignature, refused, releaseRequest, upload } from './lib/vault.mjs';
import { emptyWard, openWard } from './lib/ward.mjs';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const LIMIT = 4 * MIB;
// Uploads that the node takes of one account at a time, and how long one may pause: node/src/vault/{transfers,payloads}.rs.
const OWN_UPLOADS = 4;
const PAUSE = 60_000;

describe('the vault at its limits', () => {
  let node;
  let api;
  let ward;
  const { doctor, officer } = hospitalA;

  before(async () => {
    node = await startNode({ args: ['--vault-limit', LIMIT] });
    api = await connect(node);
    ward = await openWard(node, api);
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const parcel = (...how) => ward.parcel(...how);

  async function taken(sent) {
    const { status, json } = await upload(node, sent);
    assert.equal(status, 201, JSON.stringify(json));
  }

  test('one account has only so many uploads under way, until one of them ends', async () => {
    const before = await kept(node);
    const sent = Array.from({ length: OWN_UPLOADS }, () => parcel());
    const [first, ...others] = await Promise.all(sent.map((one) => begin(node, one)));
    const late = parcel();
    await refused(upload(node, late), 429, 'TooManyTransfers');
    assert.equal((await first.finish()).status, 201);
    await taken(late);
    others.forEach(({ breakOff }) => breakOff());
    for (const one of sent.slice(1)) {
      await until('a broken upload gave its place back', async () => (await upload(node, one)).status === 201);
    }
    const bytes = (OWN_UPLOADS + 1) * late.body.length;
    assert.deepEqual(await kept(node), { ...before, stored: before.stored + bytes, pending: before.pending + OWN_UPLOADS + 1 });
  });

  test('a payload that is here by another signer, with other wraps or another ticket is a duplicate', async () => {
    const first = parcel();
    await taken(first);
    const before = await kept(node);
    const { sealed } = first;
    const custody = first.wraps.custody.toU8a(true);
    const others = [
      parcel({}, { sealed }),
      parcel({ recordedAt: 1 }, { sealed, custody }),
      { ...first, signer: ward.patient.account },
    ];
    for (const other of others) await refused(upload(node, other), 409, 'Duplicate');
    assert.equal((await upload(node, first)).status, 200, 'the first one stands');
    const recordedAt = first.ticket.recordedAt.toNumber();
    const anew = parcel({ recordedAt, notAfter: Date.now() + 3_600_000 }, { sealed, custody });
    assert.equal((await upload(node, anew)).status, 200, 'a ticket that only ends later is the same');
    assert.deepEqual(await kept(node), before);
  });

  test('a payload whose upload is under way is in progress, until that upload ends', async () => {
    const sent = parcel();
    const before = await kept(node);
    const first = await begin(node, sent);
    await refused(upload(node, sent), 409, 'InProgress');
    first.breakOff();
    await until('the broken upload gave its place back', async () => (await upload(node, sent)).status === 201);
    const next = parcel();
    const second = await begin(node, next);
    await refused(upload(node, next), 409, 'InProgress');
    assert.equal((await second.finish()).status, 201);
    assert.equal((await upload(node, next)).status, 200);
    const { stored, pending } = await kept(node);
    assert.deepEqual([stored, pending], [before.stored + 2 * sent.body.length, before.pending + 2]);
  });

  test('an upload of a suspended practitioner, or at a suspended hospital, is refused and leaves nothing', async () => {
    const sent = parcel();
    const before = await kept(node);
    const refusals = async () => (await node.rpc('vault_status')).custodians[0].refusedUploads.NotPermitted ?? 0;
    const earlier = await refusals();
    await done(api, officer, api.tx.roles.suspendCredential(doctor.address, hospitalA.id));
    await refused(upload(node, sent), 403, 'NotPermitted');
    await done(api, officer, api.tx.roles.reinstateCredential(doctor.address, hospitalA.id));
    await decide(api, api.tx.roles.suspendInstitution(hospitalA.id));
    await refused(upload(node, sent), 403, 'NotPermitted');
    assert.deepEqual(await kept(node), before);
    assert.equal((await refusals()) - earlier, 2, 'both are counted');
    await decide(api, api.tx.roles.reinstateInstitution(hospitalA.id));
    await taken(sent);
  });

  test('a payload larger than the limit is too large', async () => {
    const size = payloadSize(5 * MIB);
    await refused(upload(node, { ...parcel({ size }), body: Buffer.alloc(size) }), 413, 'TooLarge');
  });

  test('what one account has not registered yet is a sixteenth of the vault at most', async () => {
    const before = await kept(node);
    await refused(upload(node, parcel({}, { document: randomBytes(900 * KIB) })), 429, 'SignerLimit');
    assert.deepEqual(await kept(node), before);
    await taken(parcel());
  });

  test('what is stored and what is under way fill the vault; what fits is taken still', async () => {
    const small = await startNode({ args: ['--vault-limit', MIB] });
    const there = await connect(small);
    try {
      const own = await openWard(small, there);
      // One block of the store still, so that its CID is the hash.
      const large = (signer) => own.parcel({}, { signer, document: randomBytes(900 * KIB) });
      const first = large(doctor);
      const underWay = await begin(small, first);
      await refused(upload(small, large(own.patient.account)), 507, 'DiskLimit');
      assert.equal((await underWay.finish()).status, 201);
      await refused(upload(small, large(own.patient.account)), 507, 'DiskLimit');
      assert.equal((await upload(small, first)).status, 200, 'what is here needs no room');
      assert.equal((await upload(small, own.parcel({}, { signer: own.patient.account }))).status, 201);
      const { stored, limit } = await small.rpc('vault_status');
      assert.deepEqual([stored, limit], [first.body.length + payloadSize(16 * KIB), MIB]);
    } finally {
      await there.disconnect();
      await small.stop();
    }
  });

  test('cut off from the chain it neither takes nor releases', async () => {
    const alone = await startNode({ authors: false });
    try {
      const elsewhere = await emptyWard(alone);
      await refused(upload(alone, elsewhere.parcel()), 503, 'StaleChain');
      const request = releaseRequest({
        genesis: elsewhere.genesis,
        custodian: hospitalA.id,
        receipt: 0,
        object: { Record: 0 },
        requester: doctor.publicKey,
        recipientKey: { X25519: keyPair().public },
        anchor: [0, elsewhere.genesis],
      });
      const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
      await refused(download(alone, cid, { request, signer: doctor }), 503, 'StaleChain');
      const signature = hex(multiSignature(doctor, 'salus/release/1', request));
      const byRpc = alone.rpc('vault_release', [hex(request.toU8a()), signature]);
      await assert.rejects(byRpc, ({ code, data }) => code === 7105 && data.name === 'StaleChain');
      assert.deepEqual(await kept(alone), { stored: 0, pending: 0, live: 0 });
    } finally {
      await alone.stop();
    }
  });

  test('an upload that pauses for a minute is ended, and leaves nothing', async () => {
    const before = await kept(node);
    const begun = Date.now();
    const { answered } = await begin(node, parcel());
    await refused(answered, 408, 'Body');
    assert.ok(Date.now() - begun >= PAUSE);
    assert.deepEqual(await kept(node), before);
  });
});
