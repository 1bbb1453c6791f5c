// Looks at the four hospitals of scripts/network, which says what it is asked with:
//
//     network.mjs list FOLDER                       one line for each: name, institution, ports, peer id
//     network.mjs table FOLDER                      where everything is, for people
//     network.mjs ready FOLDER NAME:PID:PID...      one line of progress; exit code 0 when all is well
//     network.mjs status FOLDER NAME:PID:PID...     for people; exit code 0 when all is well
//     network.mjs status-json FOLDER NAME:PID:PID...
//
// The PIDs are those of node and IPFS daemon, empty where they do not run.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const ANSWER_TIMEOUT = 5_000;
// The release desk refuses when its finalised head is older: then a hospital is not well.
const STALE = 60_000;
// twox128("Timestamp") ++ twox128("Now")
const TIMESTAMP_NOW = '0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb';

const [command, folder, ...processes] = process.argv.slice(2);
const { store, hospitals } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
const kubo = store === 'kubo';
const others = hospitals.length - 1;

const url = (port) => `http://127.0.0.1:${port}`;
const log = (name, program) => join(folder, name, `${program}.log`);

async function rpc(port, method, ...params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url(port), { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
  const { result, error } = await answer.json();
  if (error) throw new Error(error.message);
  return result;
}

async function askNode({ rpc: port, peer }) {
  const ask = (...call) => rpc(port, ...call);
  if ((await ask('system_localPeerId')) !== peer) throw new Error(`another node answers on port ${port}`);
  const final = await ask('chain_getFinalizedHead');
  const [best, finalised, health, now, genesis] = await Promise.all([
    ask('chain_getHeader'),
    ask('chain_getHeader', final),
    ask('system_health'),
    ask('state_getStorage', TIMESTAMP_NOW, final),
    ask('chain_getBlockHash', 0),
  ]);
  const time = now && Number(Buffer.from(now.slice(2), 'hex').readBigUInt64LE());
  const age = time ? Math.max(0, Date.now() - time) : null;
  return { best: Number(best.number), finalised: Number(finalised.number), age, peers: health.peers, genesis };
}

async function askIpfs({ name, ipfsApi }) {
  const secret = readFileSync(join(folder, name, 'ipfs.auth'), 'utf8').trim();
  const headers = { authorization: `Basic ${Buffer.from(secret).toString('base64')}` };
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT);
  const answer = await fetch(`${url(ipfsApi)}/api/v0/swarm/peers`, { method: 'POST', headers, signal });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const { Peers } = await answer.json();
  // Some are connected twice, when both dialled.
  return new Set((Peers ?? []).map(({ Peer }) => Peer)).size;
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_TIMEOUT });
    const end = (answer) => () => (socket.destroy(), resolve(answer));
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

// What the person who reads it can do something about.
const reason = ({ name, message, cause }) => (name === 'TimeoutError' ? 'no answer' : (cause?.code ?? cause?.message ?? message));

// A hospital as it is now. `wrong` says what is not as it should be; it is empty when all is well.
async function look(hospital) {
  const { name } = hospital;
  const [, nodePid, ipfsPid] = (processes.find((line) => line.startsWith(`${name}:`)) ?? '::').split(':');
  const wrong = [];
  const seen = { name, institution: hospital.institution, store, running: Boolean(nodePid) };
  if (nodePid) {
    seen.pid = Number(nodePid);
    try {
      Object.assign(seen, await askNode(hospital));
      if (seen.peers < others) wrong.push(`${seen.peers} of ${others} peers`);
      if (seen.finalised === 0) wrong.push('nothing final yet');
      else if (seen.age > STALE) wrong.push(`nothing final for ${Math.round(seen.age / 1000)} s`);
    } catch (error) {
      wrong.push(`RPC: ${reason(error)}`);
    }
    if (!(await listens(hospital.vault))) wrong.push(`nobody listens on the vault's port ${hospital.vault}`);
  } else {
    wrong.push(`no node runs: see ${log(name, 'node')}`);
  }
  if (kubo) {
    seen.ipfs = { running: Boolean(ipfsPid) };
    if (ipfsPid) {
      seen.ipfs.pid = Number(ipfsPid);
      try {
        seen.ipfs.peers = await askIpfs(hospital);
        if (seen.ipfs.peers < others) wrong.push(`IPFS: ${seen.ipfs.peers} of ${others} peers`);
      } catch (error) {
        wrong.push(`IPFS: ${reason(error)}`);
      }
    } else {
      wrong.push(`no IPFS daemon runs: see ${log(name, 'ipfs')}`);
    }
  }
  return { ...seen, well: wrong.length === 0, wrong };
}

function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map((cell) => String(cell ?? '-')));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) console.log(`   ${line.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}

function places() {
  const rows = hospitals.map(({ name, institution, ...port }) => [
    name,
    institution,
    `ws://127.0.0.1:${port.rpc}`,
    url(port.vault),
    `${url(port.metrics)}/metrics`,
    ...(kubo ? [url(port.ipfsApi)] : []),
  ]);
  table(['hospital', 'institution', 'RPC', 'vault', 'metrics', ...(kubo ? ['IPFS API'] : [])], rows);
  console.log(`\n   logs: ${join(folder, 'NAME', kubo ? '{node,ipfs}.log' : 'node.log')}`);
  if (kubo) console.log(`   user and password of each IPFS API: ${join(folder, 'NAME', 'ipfs.auth')}`);
}

async function progress() {
  const all = await Promise.all(hospitals.map(look));
  const line = ({ name, best, finalised, peers }) => `${name} ${best === undefined ? 'starts' : `${finalised}/${best} (${peers} peers)`}`;
  console.log(all.map(line).join(', '));
  return all.every(({ well }) => well);
}

async function status(json) {
  const all = await Promise.all(hospitals.map(look));
  const chains = new Set(all.flatMap(({ genesis }) => genesis ?? []));
  const well = all.every((hospital) => hospital.well) && chains.size === 1;
  if (json) {
    console.log(JSON.stringify({ up: true, well, store, folder, hospitals: all.map((seen, i) => ({ ...seen, ports: ports(hospitals[i]) })) }));
    return well;
  }
  table(
    ['hospital', 'node', 'best', 'final', 'age', 'peers', 'store'],
    all.map((seen) => [
      seen.name,
      seen.running ? 'runs' : 'down',
      seen.best,
      seen.finalised,
      seen.age == null ? undefined : `${(seen.age / 1000).toFixed(1)} s`,
      seen.peers,
      !kubo ? store : !seen.ipfs.running ? 'kubo, down' : seen.ipfs.peers === undefined ? 'kubo, no answer' : `kubo, ${seen.ipfs.peers} peers`,
    ]),
  );
  console.log();
  for (const { name, wrong } of all) for (const what of wrong) console.log(`   ${name}: ${what}`);
  if (chains.size > 1) console.log(`   the nodes are on ${chains.size} different chains`);
  console.log(well ? '   All is well.' : '   Not all is well.');
  return well;
}

function ports({ rpc, vault, metrics, p2p, ipfsApi, ipfsSwarm }) {
  return kubo ? { rpc, vault, metrics, p2p, ipfsApi, ipfsSwarm } : { rpc, vault, metrics, p2p };
}

const commands = {
  list: () => {
    for (const { name, institution, peer, ...port } of hospitals) {
      console.log([name, institution, port.rpc, port.vault, port.metrics, port.p2p, port.ipfsApi ?? '-', port.ipfsSwarm ?? '-', peer].join(' '));
    }
    return true;
  },
  table: () => (places(), true),
  ready: progress,
  status: () => status(false),
  'status-json': () => status(true),
};
process.exitCode = (await commands[command]()) ? 0 : 1;
