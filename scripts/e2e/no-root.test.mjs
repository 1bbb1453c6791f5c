// There is no root: of all the calls that the metadata names, those that only root, the council or nobody may make are
// refused to everybody who signs, and those of root to the council too.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hospitalA, hospitalB, stranger } from './lib/accounts.mjs';
import { INVALID, connect, done, errorName, event, refusal, rejection, submit } from './lib/chain.mjs';
import { alone, decided, failure } from './lib/council.mjs';
import { startNode } from './lib/node.mjs';
import { newPatient } from './lib/registration.mjs';

const ROOT = [
  'system.setHeapPages',
  'system.setCode',
  'system.setCodeWithoutChecks',
  'system.setStorage',
  'system.killStorage',
  'system.killPrefix',
  'system.authorizeUpgrade',
  'system.authorizeUpgradeWithoutChecks',
  'utility.dispatchAs',
  'utility.dispatchAsFallible',
  'utility.withWeight',
  'council.setMembers',
  'grandpa.noteStalled',
];
const COUNCIL = [
  'council.disapproveProposal',
  'council.kill',
  'consortium.authoriseUpgrade',
  'consortium.addValidator',
  'consortium.removeValidator',
  'consortium.reinstateValidator',
  'roles.admitInstitution',
  'roles.suspendInstitution',
  'roles.reinstateInstitution',
  'roles.replaceOfficer',
  'roles.changeSeat',
  'roles.revokeInstitution',
  'roles.decideGuardian',
  'roles.decideDeath',
  'roles.decideRecovery',
  'consent.judgeCase',
  'consent.setEmergencyLimits',
];
// A patient's registration authorises itself; reports come from the node, which makes none.
const UNSIGNED = ['roles.registerPatient', 'grandpa.reportEquivocationUnsigned', 'consortium.reportAuthor'];
// What a block's author puts in; the pool takes it from nobody.
const INHERENT = ['timestamp.set'];

// These take more of a block than fits beside other calls into one motion.
const HEAVY = ['system.setCode', 'system.setCodeWithoutChecks'];

const CODE = '0x3a636f6465'; // ":code"
const HEAP_PAGES = '0x3a686561707061676573'; // ":heappages"

describe('nothing yields root', () => {
  let node;
  let api;
  let calls;
  let original;
  let people;

  before(async () => {
    node = await startNode();
    api = await connect(node);
    calls = callsOf(api);
    people = {
      seat: hospitalB.officer,
      officer: hospitalA.secondOfficer,
      practitioner: hospitalA.doctor,
      patient: (await newPatient(api)).account,
    };
    original = await governed();
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  // What only root or the council could change.
  async function governed() {
    const { system, council, consortium, grandpa } = api.query;
    const queries = [system.authorizedUpgrade(), council.members(), consortium.seats(), consortium.validators(), grandpa.stalled()];
    const values = (await Promise.all(queries)).map((value) => value.toHex());
    const code = await node.rpc('state_getStorageHash', [CODE]);
    return [code, await node.rpc('state_getStorage', [HEAP_PAGES]), ...values];
  }

  const unchanged = async () => assert.deepEqual(await governed(), original);

  // What becomes of a call of this name: its error, `done`, or `refused at the pool`.
  async function fate(signer, name) {
    try {
      return (await submit(api, signer, calls[name]())).error ?? 'done';
    } catch (error) {
      assert.equal(error.code, INVALID, `${name}: ${error.message}`);
      return 'refused at the pool';
    }
  }

  const named = (fates, wanted) => Object.keys(fates).filter((name) => fates[name] === wanted).sort();

  test('of all the calls there are, the privileged ones are refused to whoever signs, and no others are', async () => {
    const names = Object.keys(calls);
    for (const name of [...ROOT, ...COUNCIL, ...UNSIGNED, ...INHERENT]) assert.ok(names.includes(name), name);
    await Promise.all(
      Object.entries(people).map(async ([who, signer]) => {
        const fates = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await fate(signer, name)])));
        assert.deepEqual(named(fates, 'BadOrigin'), [...ROOT, ...COUNCIL, ...UNSIGNED].sort(), who);
        assert.deepEqual(named(fates, 'refused at the pool'), INHERENT, who);
      }),
    );
    await unchanged();
  });

  test('nor does a wrapper make one of them pass', async () => {
    const { batchAll, asDerivative, ifElse } = api.tx.utility;
    const { remark, setStorage } = api.tx.system;
    const root = () => setStorage([[CODE, '0x00']]);
    const wrapped = [
      [() => batchAll([remark('0x00'), root()]), 'BadOrigin'],
      [() => ifElse(root(), root()), 'BadOrigin'],
      // Nobody acts under a derived account, which never has standing.
      [() => asDerivative(0, root()), 'system.CallFiltered'],
      [() => batchAll([asDerivative(1, remark('0x00'))]), 'system.CallFiltered'],
    ];
    for (const signer of Object.values(people)) {
      const found = await Promise.all(wrapped.map(([call]) => refusal(api, signer, call())));
      assert.deepEqual(found, wrapped.map(([, error]) => error));
    }
    await unchanged();
  });

  test('the council is not root, by one voice or by all of them', async () => {
    const light = [...ROOT, ...UNSIGNED].filter((name) => !HEAVY.includes(name));
    const together = await decided(api, api.tx.utility.forceBatch(light.map((name) => calls[name]())));
    assert.equal(together.error, null);
    const failed = together.events.filter(({ event }) => api.events.utility.ItemFailed.is(event));
    assert.deepEqual(failed.map(({ event }) => errorName(api, event.data.error)), light.map(() => 'BadOrigin'));
    // A fifth of a second, half a block.
    const atMost = { refTime: 2n * 10n ** 11n, proofSize: 2n ** 20n };
    for (const name of HEAVY) {
      assert.equal((await decided(api, calls[name](), { atMost })).error, 'BadOrigin', name);
      assert.equal(await alone(api, people.seat, calls[name]()), 'BadOrigin', name);
    }
    const [name] = ROOT;
    const asMember = await done(api, people.seat, api.tx.council.execute(calls[name](), 1_000));
    assert.equal(failure(api, event(api, asMember, 'council', 'MemberExecuted').result), 'BadOrigin');
    await unchanged();
  });

  test('code that the council has not authorised is refused, whoever brings it', async () => {
    const code = await node.rpc('state_getStorage', [CODE]);
    for (const signer of [people.seat, people.patient]) {
      const small = api.tx.system.applyAuthorizedUpgrade('0x00');
      assert.equal(await refusal(api, signer, small), 'system.NothingAuthorized');
    }
    const own = api.tx.system.applyAuthorizedUpgrade(code);
    assert.equal(await refusal(api, people.officer, own), 'system.NothingAuthorized');
    await unchanged();
  });

  test('an account that was never registered gets no call at all past the pool', async () => {
    const nobody = stranger();
    for (const name of Object.keys(calls)) {
      const error = await rejection(submit(api, nobody, calls[name]()));
      assert.equal(error.code, INVALID, `${name}: ${error.message}`);
      if (!INHERENT.includes(name)) assert.match(error.data, /^Inability to pay some fees/, name);
    }
  });
});

// Each call that the metadata names, made anew each time, with the least that its arguments can be.
function callsOf(api) {
  const calls = {};
  for (const [section, methods] of Object.entries(api.tx)) {
    for (const [method, make] of Object.entries(methods)) {
      const least = () => make.meta.args.map(({ type }) => api.createType(type.toString()));
      calls[`${section}.${method}`] = () => make(...least());
    }
  }
  return calls;
}
