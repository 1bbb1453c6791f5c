// A device is provisioned, bound and revoked; a batch of its readings is anchored, and one of them proven; over JSON-RPC.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hospitalA } from './lib/accounts.mjs';
import { connect, done, event, refusal } from './lib/chain.mjs';
import { startNode, until } from './lib/node.mjs';
import { hex } from './lib/records.mjs';
import { newPatient } from './lib/registration.mjs';
import { Batch, Device } from './lib/telemetry.mjs';

describe('devices and their readings', () => {
  const { administrator: desk, nurse } = hospitalA;
  let node;
  let api;
  let patient;
  let device;
  let binding;
  let batches;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    patient = await newPatient(api);
    device = new Device(api.genesisHash.toU8a());
    await done(api, desk, api.tx.telemetry.provision(...device.claim(hospitalA.id)));
    const bound = await done(api, nurse, api.tx.telemetry.bind(...device.consent(patient)));
    const told = event(api, bound, 'telemetry', 'Bound');
    binding = told.binding.toNumber();
    // A block later, so that the readings are within the binding and not ahead of the chain's clock.
    const at = told.starts.toNumber();
    const readings = (first, count) => Array.from({ length: count }, (_, n) => device.reading(binding, first + n, at + first + n, 60 + n));
    // Three numbers between the two are missing.
    batches = [new Batch(device, binding, readings(0, 5)), new Batch(device, binding, readings(8, 2))];
    for (const batch of batches) {
      const anchored = await done(api, desk, api.tx.telemetry.anchor(hospitalA.id, [batch.anchor()]));
      batch.id = event(api, anchored, 'telemetry', 'Anchored').anchor.toNumber();
    }
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  test('the device counts what came and what is missing', async () => {
    const found = await node.rpc('telemetry_device', [device.id]);
    assert.deepEqual(
      [found.device, found.institution, found.status, found.bindings, found.latest, found.anchored, found.nextSeq, found.missing, found.offer],
      [device.id, hospitalA.id, 'Active', 1, binding, binding, 10, 3, null],
    );
    assert.deepEqual(await node.rpc('telemetry_device', { device: device.id.slice(2) }), found, 'without 0x too');
    assert.equal(await node.rpc('telemetry_device', [hex(Buffer.alloc(32, 7))]), null);
  });

  test('the binding says whom it measures, until when, and when last', async () => {
    const [found, ...others] = await node.rpc('telemetry_bindings', [patient.id]);
    assert.deepEqual(others, []);
    assert.deepEqual([found.id, found.device, found.patient], [binding, device.id, patient.id]);
    assert.equal(found.lastAt, batches[1].anchor().lastAt);
    assert.deepEqual(await node.rpc('telemetry_binding', [binding]), found);
    assert.deepEqual(await node.rpc('telemetry_bindings', [404]), []);
  });

  test('batches in pages, newest first, and by time', async () => {
    const whole = await node.rpc('telemetry_anchors', [patient.id]);
    assert.deepEqual([whole.items.map(({ id }) => id), whole.next], [[batches[1].id, batches[0].id], null]);
    const first = await node.rpc('telemetry_anchors', { patient: patient.id, limit: 1 });
    const second = await node.rpc('telemetry_anchors', { patient: patient.id, limit: 1, cursor: first.next });
    assert.deepEqual([...first.items, ...second.items], whole.items);
    const until_ = await node.rpc('telemetry_anchors', { patient: patient.id, filter: { binding, until: batches[1].anchor().firstAt } });
    assert.deepEqual(until_.items.map(({ id }) => id), [batches[0].id]);
    const anchor = await node.rpc('telemetry_anchor', [batches[0].id]);
    assert.deepEqual(anchor, whole.items[1]);
    assert.deepEqual([anchor.firstSeq, anchor.count, anchor.root], [0, 5, batches[0].anchor().root]);
    assert.match(anchor.cid, /^bafkrei[a-z2-7]+$/);
    assert.equal(await node.rpc('telemetry_anchor', [404]), null);
  });

  test('each leaf is in its batch and in no other, by RPC and by the runtime API', async () => {
    for (const batch of batches) {
      for (const [index, bytes] of batch.leaves.entries()) {
        const [leaf, path] = [hex(bytes), batch.path(index)];
        assert.equal(await node.rpc('telemetry_verify', { leaf, path, anchor: batch.id }), true);
        assert.ok((await api.call.telemetryApi.verify(leaf, path, batch.id)).isTrue);
        const other = batches.find(({ id }) => id !== batch.id).id;
        assert.equal(await node.rpc('telemetry_verify', { leaf, path, anchor: other }), false);
        const moved = { ...path, index: path.index ^ 1 };
        assert.equal(await node.rpc('telemetry_verify', { leaf, path: moved, anchor: batch.id }), false);
      }
    }
    const forged = { leaf: hex(Buffer.alloc(32)), path: batches[0].path(0), anchor: batches[0].id };
    assert.equal(await node.rpc('telemetry_verify', forged), false);
  });

  test('an alert goes to who is told, and is acknowledged by nobody else', async () => {
    const ladder = [{ to: nurse.address, within: 3_600_000 }, { to: hospitalA.doctor.address, within: 60_000 }];
    const commitment = hex(Buffer.alloc(32, 4));
    const raised = await done(api, desk, api.tx.telemetry.raise(hospitalA.id, patient.id, commitment, ladder));
    const id = event(api, raised, 'telemetry', 'Raised').alert.toNumber();
    const alert = await node.rpc('telemetry_alert', [id]);
    assert.deepEqual(
      [alert.id, alert.patient, alert.institution, alert.commitment, alert.step, alert.to, alert.acknowledgedAt],
      [id, patient.id, hospitalA.id, commitment, 0, nurse.address, null],
    );
    assert.deepEqual(alert.ladder, ladder);
    assert.equal(await refusal(api, hospitalA.doctor, api.tx.telemetry.acknowledge(id)), 'telemetry.NotAddressed');
    await done(api, nurse, api.tx.telemetry.acknowledge(id));
    const page = await node.rpc('telemetry_alerts', { patient: patient.id, limit: 1 });
    assert.ok(page.items[0].acknowledgedAt >= alert.raisedAt);
    assert.equal(page.next, null);
    assert.equal(await node.rpc('telemetry_alert', [404]), null);
  });

  test('her trail has all of it, as subscribers are told', async () => {
    const kinds = await until('the index has followed', async () => {
      const { items } = await node.rpc('records_audit', { patient: patient.id, limit: 256 });
      const types = items.map(({ kind }) => kind.type);
      return types.includes('AlertAcknowledged') && types;
    });
    const hers = kinds.filter((type) => /^(Device|Batch|Alert)/.test(type));
    assert.deepEqual(hers, ['DeviceBound', 'BatchAnchored', 'BatchAnchored', 'AlertRaised', 'AlertAcknowledged']);
  });

  test('a revoked device measures nobody, and nothing more of it is taken', async () => {
    await done(api, desk, api.tx.telemetry.setStatus(device.id, 'Revoked'));
    assert.equal((await node.rpc('telemetry_device', [device.id])).status, 'Revoked');
    const late = new Batch(device, binding, [device.reading(binding, 10, Date.now(), 61)]);
    assert.match(await refusal(api, desk, api.tx.telemetry.anchor(hospitalA.id, [late.anchor()])), /^telemetry\.BatchOfInactiveDevice/);
  });
});
