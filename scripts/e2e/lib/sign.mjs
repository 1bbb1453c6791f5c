// What keys sign outside of transactions.

import { stringToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

// `tag ++ blake2_256(SCALE)`: what a bare key signs.
export const tagged = (tag, scale) => u8aConcat(stringToU8a(tag), blake2AsU8a(scale, 256));

// The same between `<Bytes>` and `</Bytes>`: what an account signs, as wallets do it.
export const wrapped = (tag, scale) => u8aConcat(stringToU8a('<Bytes>'), tagged(tag, scale), stringToU8a('</Bytes>'));

// An account's signature as the chain takes it.
export const signature = (pair, tag, scale) => ({ Sr25519: pair.sign(wrapped(tag, scale)) });
