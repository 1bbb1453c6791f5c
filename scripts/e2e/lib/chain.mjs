// A chain as @polkadot/api sees it, without any types of ours.

import assert from 'node:assert/strict';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { compactAddLength, u8aConcat, u8aToHex } from '@polkadot/util';

// The pool's codes: a transaction that is not valid, and one whose bytes the runtime cannot read.
export const INVALID = 1010;
export const UNDECODABLE = 1002;

const providers = new WeakMap();
// Of each signer, the nonce that comes after what she sent; a promise, so that her calls wait for one another.
const nextNonces = new WeakMap();

export async function connect(node) {
  const provider = new WsProvider(node.url);
  const api = await ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
  providers.set(api, provider);
  nextNonces.set(api, new Map());
  return api;
}

// Signs and sends a call and waits until it is final. Rejects with the pool's error where the pool refuses. Calls of
// one signer enter the pool in the order in which they were made.
export function submit(api, signer, call) {
  const nonces = nextNonces.get(api);
  return new Promise((resolve, reject) => {
    const sent = (nonces.get(signer.address) ?? Promise.resolve(0)).then(async (nonce) => {
      try {
        // The node counts what is in its pool, but not at once.
        const next = Math.max(nonce, (await api.rpc.system.accountNextIndex(signer.address)).toNumber());
        await call.signAndSend(signer, { nonce: next }, (result) => settle(api, result, resolve, reject));
        return next + 1;
      } catch (error) {
        reject(error);
        return nonce;
      }
    });
    nonces.set(signer.address, sent);
  });
}

// The same for a call that has to succeed.
export async function done(api, signer, call) {
  const outcome = await submit(api, signer, call);
  assert.equal(outcome.error, null, `${name(call)} was refused`);
  return outcome;
}

// The same for a call that the runtime has to refuse: the error's name, as in `records.MalformedCid`.
export async function refusal(api, signer, call) {
  const outcome = await submit(api, signer, call);
  assert.notEqual(outcome.error, null, `${name(call)} was not refused`);
  return outcome.error;
}

// The pool's error for a transaction that must not get into a block.
export async function rejection(submission) {
  let outcome;
  try {
    outcome = await submission;
  } catch (error) {
    return error;
  }
  return assert.fail(`the pool took the transaction; block ${outcome.hash}, error ${outcome.error}`);
}

// The fields of the only event of this name. @polkadot/api calls the field `entries` `entries_`, as its own objects have a
// method of that name.
export function event(api, outcome, section, method) {
  const found = outcome.events.filter(({ event }) => event.section === section && event.method === method);
  assert.equal(found.length, 1, `one ${section}.${method} among ${outcome.events.map(({ event }) => event.method)}`);
  const { data } = found[0].event;
  return Object.fromEntries(data.names.map((field, at) => [field.replace(/_$/, ''), data[at]]));
}

// A general transaction: nobody signs it as a whole, the call authorises itself.
export function general(api, call) {
  const VERSION_5_GENERAL = 0x45;
  const EXTENSIONS_VERSION = 0;
  // Immortal; no nonce, as there is no account; no hash of the metadata.
  const explicit = { CheckMortality: [0], CheckNonce: [0], CheckMetadataHash: [0] };
  const extensions = api.registry.signedExtensions.flatMap((extension) => explicit[extension] ?? []);
  return compactAddLength(u8aConcat([VERSION_5_GENERAL, EXTENSIONS_VERSION], extensions, call.method.toU8a()));
}

// Sends a general transaction and waits until it is final. By the raw method: @polkadot/api 16 reads general
// transactions, but wraps them a second time when it sends them.
export function submitGeneral(api, call) {
  const provider = providers.get(api);
  const bytes = u8aToHex(general(api, call));
  const sent = ['author_extrinsicUpdate', 'author_submitAndWatchExtrinsic', [bytes]];
  return new Promise((resolve, reject) => {
    const follow = (error, status) => {
      if (error) reject(error);
      else if (status.finalized) finalised(api, provider, status.finalized, bytes).then(resolve, reject);
      else if (ENDED.some((end) => status === end || status[end])) reject(new Error(JSON.stringify(status)));
    };
    provider.subscribe(...sent, follow).catch(reject);
  });
}

const ENDED = ['invalid', 'dropped', 'usurped', 'finalityTimeout'];

async function finalised(api, provider, hash, bytes) {
  const { block } = await provider.send('chain_getBlock', [hash]);
  const index = block.extrinsics.indexOf(bytes);
  assert.notEqual(index, -1, `the transaction is in block ${hash}`);
  const all = await (await api.at(hash)).query.system.events();
  const events = all.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eqn(index));
  const failed = events.find(({ event }) => api.events.system.ExtrinsicFailed.is(event));
  return { hash, number: Number(block.header.number), index, events, error: failed ? errorName(api, failed.event.data[0]) : null };
}

function settle(api, result, resolve, reject) {
  const { status, events, dispatchError, blockNumber, txIndex } = result;
  if (status.isFinalized) {
    resolve({
      hash: status.asFinalized.toHex(),
      number: blockNumber.toNumber(),
      index: txIndex,
      events,
      error: dispatchError ? errorName(api, dispatchError) : null,
    });
  } else if (result.isError) {
    reject(new Error(`${status.type} ${result.internalError ?? ''}`));
  }
}

// As in `records.MalformedCid`, or `BadOrigin`.
export function errorName(api, error) {
  if (!error.isModule) return error.toString();
  const { section, name } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}`;
}

const name = (call) => `${call.method.section}.${call.method.method}`;
