// The council of the development chain: the seats of both hospitals, and two thirds to act.

import assert from 'node:assert/strict';
import { hospitalA, hospitalB } from './accounts.mjs';
import { done, errorName, event } from './chain.mjs';

// More than any call of the council that a test makes: 10 ms, 1 MiB of proof.
const AT_MOST = { refTime: 10n ** 10n, proofSize: 2n ** 20n };

export const seats = [hospitalA.officer, hospitalB.officer];

const lengthOf = (call) => call.method.toU8a().length;

// What becomes of a call that a seat makes with its own voice only, which decides at once: the error's name, or null.
export async function alone(api, seat, call) {
  const outcome = await done(api, seat, api.tx.council.propose(1, call, lengthOf(call)));
  return failure(api, event(api, outcome, 'council', 'Executed').result);
}

// Moves a call that needs two voices.
export async function move(api, mover, call) {
  const length = lengthOf(call);
  const outcome = await done(api, mover, api.tx.council.propose(2, call, length));
  const { proposalHash: hash, proposalIndex: index } = event(api, outcome, 'council', 'Proposed');
  return { hash, index, length };
}

export const vote = (api, voter, { hash, index }, approves = true) =>
  done(api, voter, api.tx.council.vote(hash, index, approves));

export const closing = (api, { hash, index, length }, atMost = AT_MOST) =>
  api.tx.council.close(hash, index, atMost, length);

// Moves, votes and closes, so that the council makes the call. `error` is that of the call.
export async function decided(api, call, { voters = seats, atMost } = {}) {
  const motion = await move(api, voters[0], call);
  await Promise.all(voters.map((voter) => vote(api, voter, motion)));
  const outcome = await done(api, voters.at(-1), closing(api, motion, atMost));
  return { ...outcome, error: failure(api, event(api, outcome, 'council', 'Executed').result) };
}

// The same for a call that has to succeed.
export async function decide(api, call, options) {
  const outcome = await decided(api, call, options);
  assert.equal(outcome.error, null, `the council's ${call.method.section}.${call.method.method} failed`);
  return outcome;
}

// The error's name in a result that an event carries, or null.
export const failure = (api, result) => (result.isErr ? errorName(api, result.asErr) : null);
