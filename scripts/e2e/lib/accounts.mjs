// The accounts of the development chain, and new ones.

import { Keyring } from '@polkadot/api';
import { cryptoWaitReady, randomAsU8a } from '@polkadot/util-crypto';

await cryptoWaitReady();
const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });

// `//Alice//doctor` and the like: everybody knows these keys.
export const account = (path) => keyring.addFromUri(path);

// An account that the chain has never seen.
export const stranger = () => keyring.addFromSeed(randomAsU8a(32));

export const hospitalA = {
  id: 0,
  officer: account('//Alice'),
  secondOfficer: account('//Charlie'),
  administrator: account('//Alice//admin'),
  doctor: account('//Alice//doctor'),
  nurse: account('//Alice//nurse'),
};

export const hospitalB = {
  id: 1,
  officer: account('//Bob'),
  secondOfficer: account('//Dave'),
  administrator: account('//Bob//admin'),
  doctor: account('//Bob//doctor'),
  nurse: account('//Bob//nurse'),
};
