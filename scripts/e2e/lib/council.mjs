// The council of the development chain: the seats of both hospitals, and two thirds to act.

import { hospitalA, hospitalB } from './accounts.mjs';
import { done, event } from './chain.mjs';

// More than any call of the council that a test makes: 10 ms, 1 MiB of proof.
const AT_MOST = { refTime: 10n ** 10n, proofSize: 2n ** 20n };

// Moves, votes and closes, so that the call is made by the council.
export async function decide(api, call) {
  const [first, second] = [hospitalA.officer, hospitalB.officer];
  const length = call.method.toU8a().length;
  const moved = await done(api, first, api.tx.council.propose(2, call, length));
  const { proposalHash, proposalIndex } = event(api, moved, 'council', 'Proposed');
  for (const seat of [first, second]) await done(api, seat, api.tx.council.vote(proposalHash, proposalIndex, true));
  const closed = await done(api, second, api.tx.council.close(proposalHash, proposalIndex, AT_MOST, length));
  const { result } = event(api, closed, 'council', 'Executed');
  if (result.isErr) throw new Error(`the council's call failed: ${result.asErr}`);
}
