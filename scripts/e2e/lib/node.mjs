// Starts a development node of this checkout for a test, and ends it.
//
//     const node = await startNode();
//     const api = await ApiPromise.create({ provider: new WsProvider(node.url) });
//     ...
//     await api.disconnect();
//     await node.stop();

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT = 120_000;
const STOP_TIMEOUT = 30_000;
const POLL_INTERVAL = 50;

const running = new Set();
// A test that throws must not leave a node behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function binaryPath(name = 'salus-node') {
  const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache', 'salus', 'target');
  const path = join(target, 'release', name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run ./scripts/test build`);
  return path;
}

// `count` ports of the loopback that are free now, all different.
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

// Resolves with the first truthy value of `condition`; an error thrown by it is kept for the message and tried again.
export async function until(what, condition, timeout = 30_000) {
  const end = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      if (error instanceof Fatal) throw error;
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeout} ms`, { cause: last });
    await new Promise((next) => setTimeout(next, POLL_INTERVAL));
  }
}

// options: args (more arguments of salus-node), env (more environment), binary (path of another program)
export async function startNode({ args = [], env = {}, binary = binaryPath() } = {}) {
  const basePath = mkdtempSync(join(tmpdir(), 'salus-e2e-'));
  const node = new DevelopmentNode({ args, env, binary, basePath });
  try {
    await node.start();
  } catch (error) {
    await node.stop();
    throw error;
  }
  return node;
}

class DevelopmentNode {
  constructor(options) {
    Object.assign(this, options);
    this.logPath = join(this.basePath, 'node.log');
  }

  async start() {
    const [rpcPort, p2pPort, vaultPort] = await freePorts(3);
    this.url = `ws://127.0.0.1:${rpcPort}`;
    this.httpUrl = `http://127.0.0.1:${rpcPort}`;
    this.vaultUrl = `http://127.0.0.1:${vaultPort}`;
    const log = openSync(this.logPath, 'a');
    const child = spawn(
      this.binary,
      [
        ...['--dev', '--base-path', join(this.basePath, 'chain'), '--rpc-port', rpcPort, '--port', p2pPort],
        ...['--vault-port', vaultPort, '--no-prometheus', ...this.args],
      ].map(String),
      { stdio: ['ignore', log, log], env: { ...process.env, ...this.env } },
    );
    closeSync(log);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`code ${code}, signal ${signal}`));
    });
    running.add(child);
    let end;
    this.exited.then((how) => {
      running.delete(child);
      end = how;
    });
    await until(
      'the RPC server answers and a block is finalised',
      async () => {
        if (end) throw new Fatal(`the node ended (${end}):\n${this.log()}`);
        const head = await this.rpc('chain_getFinalizedHead');
        return Number((await this.rpc('chain_getHeader', [head])).number) > 0;
      },
      START_TIMEOUT,
    );
  }

  get pid() {
    return this.child?.pid;
  }

  // The last lines of the node's log, for messages.
  log(lines = 40) {
    return readFileSync(this.logPath, 'utf8').split('\n').slice(-lines).join('\n');
  }

  // One JSON-RPC call over HTTP; an error of the node is thrown with its code and data.
  async rpc(method, params = []) {
    const response = await fetch(this.httpUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = await response.json();
    if (error) throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
    return result;
  }

  // The same chain in a new process, on new ports.
  async restart() {
    await this.end();
    await this.start();
  }

  async stop() {
    await this.end();
    rmSync(this.basePath, { recursive: true, force: true });
  }

  async end() {
    if (!this.child) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT);
    await this.exited;
    clearTimeout(late);
    this.child = undefined;
  }
}

class Fatal extends Error {}

function listenAnywhere() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
