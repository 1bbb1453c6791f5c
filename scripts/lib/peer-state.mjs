// The state that one record takes in the peer's contract: the storage slots that uploads add, read out of anvil's own
// dump of its state. A slot is 32 bytes of key and 32 of value.
// usage: node peer-state.mjs FOLDER-OF-THE-PEER
import { createRequire } from 'node:module'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = resolve(process.argv[2])
const require = createRequire(join(folder, 'bench.mjs'))
const { Wallet, Interface, keccak256, toUtf8Bytes } = require('ethers')
const solc = require('solc')
const SENDERS = 10
const RECORDS = 20

const content = readFileSync(join(folder, 'Records.sol'), 'utf8')
const input = { language: 'Solidity', sources: { 'Records.sol': { content } }, settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } } }
const { abi, evm } = JSON.parse(solc.compile(JSON.stringify(input))).contracts['Records.sol'].Records
const contract = new Interface(abi)
const port = await new Promise((ok) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => ok(port)) }) })
const anvil = join(dirname(require.resolve('@foundry-rs/anvil-linux-amd64/package.json')), 'bin/anvil')
const node = spawn(anvil, ['--port', port, '--silent', '--accounts', '1', '--base-fee', '0', '--gas-price', '0'], { stdio: 'inherit' })
const call = async (method, ...params) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json()
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
  return answer.result
}
// The contract's slots alone: the chain's own contracts store a hash for each block.
const slots = async (contract) => {
  const dump = Buffer.from((await call('anvil_dumpState')).slice(2), 'hex')
  const state = JSON.parse(dump[0] === 0x1f ? gunzipSync(dump) : dump)
  const [, account] = Object.entries(state.accounts).find(([address]) => address.toLowerCase() === contract.toLowerCase())
  const values = Object.values(account.storage)
  return { count: values.length, short: values.reduce((sum, value) => sum + 32 + value.replace(/^0x(00)*/, '').length / 2, 0) }
}
try {
  for (let tries = 0; ; tries++) {
    try { await call('eth_chainId'); break } catch (error) { if (tries > 100) throw error; await new Promise((ok) => setTimeout(ok, 100)) }
  }
  const chainId = Number(await call('eth_chainId'))
  const wallets = Array.from({ length: SENDERS }, (_, n) => new Wallet(keccak256(toUtf8Bytes(`sender ${n}`))))
  for (const wallet of wallets) await call('anvil_setBalance', wallet.address, '0xd3c21bcecceda1000000')
  const send = async (wallet, nonce, to, data) => {
    const raw = await wallet.signTransaction({ chainId, nonce, to, data, gasLimit: 5_000_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, type: 2 })
    const hash = await call('eth_sendRawTransaction', raw)
    for (;;) {
      const receipt = await call('eth_getTransactionReceipt', hash)
      if (receipt) { if (receipt.status !== '0x1') throw new Error('a transaction failed'); return receipt }
      await new Promise((ok) => setTimeout(ok, 5))
    }
  }
  const { contractAddress } = await send(wallets[0], 0, undefined, `0x${evm.bytecode.object}`)
  const upload = (wallet, n, nonce) => send(wallet, nonce, contractAddress, contract.encodeFunctionData('upload', [wallet.address, 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi', keccak256(toUtf8Bytes(`${wallet.address}/${n}`)), 3]))
  // The first record of a patient makes the slot of her list's length, too: it is not counted, as ours of a patient is not.
  for (const [at, wallet] of wallets.entries()) await upload(wallet, 0, at === 0 ? 1 : 0)
  const before = await slots(contractAddress)
  for (const [at, wallet] of wallets.entries()) for (let n = 1; n <= RECORDS; n++) await upload(wallet, n, n + (at === 0 ? 1 : 0))
  const after = await slots(contractAddress)
  const records = SENDERS * RECORDS
  const slotsEach = (after.count - before.count) / records
  // In a trie on disk, values are without their leading zeros.
  console.log(JSON.stringify({ records, slotsEach, bytesEach: slotsEach * 64, shortBytesEach: (after.short - before.short) / records }))
} finally {
  node.kill()
}
