// What pallets keep, whole: two of these are equal where nothing changed in between.

import assert from 'node:assert/strict';
import { xxhashAsHex } from '@polkadot/util-crypto';

export async function storageOf(node, ...pallets) {
  const at = await node.rpc('chain_getBlockHash');
  const entries = await Promise.all(pallets.map((pallet) => node.rpc('state_getPairs', [xxhashAsHex(pallet, 128), at])));
  // Each pallet keeps the version of its storage at least: nothing at all means that there is no such pallet.
  for (const [index, pallet] of pallets.entries()) assert.ok(entries[index].length > 0, pallet);
  return Object.fromEntries(pallets.map((pallet, index) => [pallet, Object.fromEntries(entries[index])]));
}
