// The audit trail as anybody can recompute it.

import { bnToU8a, stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

// Every finalised entry of the patient's trail, page by page.
export async function trail(node, patient, limit = 256) {
  const entries = [];
  let from = 1;
  do {
    const page = await node.rpc('records_audit', [patient, from, limit]);
    entries.push(...page.items);
    from = page.next;
  } while (from !== null);
  return entries;
}

// The head that these entries end in.
export function headOf(genesis, patient, entries) {
  const first = blake2AsU8a(u8aConcat(stringToU8a('salus/audit/1'), genesis, bnToU8a(patient, { bitLength: 64, isLe: true })), 256);
  return u8aToHex(entries.reduce((head, { scale }) => blake2AsU8a(u8aConcat(head, scale), 256), first));
}
