// Starts a development node of this checkout for a test, and ends it.
//
//     const node = await startNode();
//     const api = await ApiPromise.create({ provider: new WsProvider(node.url) });
//     ...
//     await api.disconnect();
//     await node.stop();

import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT = 120_000;
const STOP_TIMEOUT = 30_000;
const POLL_INTERVAL = 50;

const running = new Set();
// A test that throws must not leave a node behind, nor one that the runner ends: a signal alone runs no exit handler.
process.on('exit', () => running.forEach((node) => node.kill()));
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

export function binaryPath(name = 'salus-node') {
  const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache', 'salus', 'target');
  const path = join(target, 'release', name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run ./scripts/test build`);
  return path;
}

// Resolves with the first truthy value of `condition`; an error thrown by it is kept for the message and tried again.
export async function until(what, condition, timeout = 120_000) {
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

// options: args (more arguments of salus-node), env (more environment), binary (path of another program), authors (false:
// a node of the same chain that neither makes blocks nor has peers, with the vault of institution 0)
export async function startNode({ args = [], env = {}, binary = binaryPath(), authors = true } = {}) {
  const basePath = mkdtempSync(join(tmpdir(), 'salus-e2e-'));
  const node = new DevelopmentNode({ args, env, binary, authors, basePath });
  try {
    await node.start();
  } catch (error) {
    await node.stop().catch(() => {});
    throw error;
  }
  return node;
}

const ALONE = ['--chain', 'dev', '--development-custodian', 0, '--no-mdns', '--reserved-only'];

class DevelopmentNode {
  constructor(options) {
    Object.assign(this, options);
    this.logPath = join(this.basePath, 'node.log');
  }

  async start() {
    const log = openSync(this.logPath, 'a');
    this.logStart = fstatSync(log).size;
    const child = spawn(
      this.binary,
      [
        ...[...(this.authors ? ['--dev'] : ALONE), '--base-path', join(this.basePath, 'chain'), '--no-prometheus'],
        // The system chooses the ports and the node says which: in between nobody can take one.
        ...['--rpc-port', 0, '--port', 0, '--vault-port', 0, ...this.args],
      ].map(String),
      { stdio: ['ignore', log, log], env: { ...process.env, ...this.env } },
    );
    closeSync(log);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`code ${code}, signal ${signal}`));
    });
    running.add(this);
    let end;
    this.exited.then((how) => {
      running.delete(this);
      end = how;
    });
    const started = (what, condition) =>
      until(
        what,
        () => {
          if (end) throw new Fatal(`the node ended (${end}):\n${this.log()}`);
          return condition();
        },
        START_TIMEOUT,
      );
    await started('the node listens', () => this.findPorts());
    await started('the RPC server answers and a block is finalised', async () => {
      const head = await this.rpc('chain_getFinalizedHead');
      return !this.authors || Number((await this.rpc('chain_getHeader', [head])).number) > 0;
    });
  }

  // Where this process listens, as its log says; the log of a node that was restarted begins with another process's.
  findPorts() {
    const said = readFileSync(this.logPath).subarray(this.logStart).toString();
    const [, rpc] = /Running JSON-RPC server: addr=127\.0\.0\.1:(\d+)/.exec(said) ?? [];
    const [, vault] = /Vault of institution .* on http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? [];
    this.url = `ws://127.0.0.1:${rpc}`;
    this.httpUrl = `http://127.0.0.1:${rpc}`;
    this.vaultUrl = `http://127.0.0.1:${vault}`;
    return rpc && vault;
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
    try {
      await this.end();
    } finally {
      rmSync(this.basePath, { recursive: true, force: true });
    }
  }

  // For the exit of the test's own process, which waits for nothing.
  kill() {
    this.child?.kill('SIGKILL');
    rmSync(this.basePath, { recursive: true, force: true, maxRetries: 3 });
  }

  // Ends the process, by its id. One that does not end well by itself fails the test.
  async end() {
    if (!this.child) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT);
    const how = await this.exited;
    clearTimeout(late);
    this.child = undefined;
    if (how !== 'code 0, signal null') throw new Error(`the node ended with ${how}:\n${this.log()}`);
  }
}

class Fatal extends Error {}
