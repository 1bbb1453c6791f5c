// Runs all test files here, four at a time. A file with a failure is run once more, alone: a machine with two processors
// and a dozen nodes on it can be too late for one of them. What fails alone fails; what passes only alone is named.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const TIMEOUT = 900_000;

// The files of these with a failure.
async function failing(files, concurrency) {
  const failed = new Set();
  const tests = run({ files, concurrency, timeout: TIMEOUT });
  // A file that ends by itself is a test whose name is its path.
  tests.on('test:fail', ({ file, name }) => failed.add(files.includes(file) ? file : name));
  await pipeline(tests, new spec(), process.stdout, { end: false });
  const strangers = [...failed].filter((file) => !files.includes(file));
  if (strangers.length > 0) throw new Error(`failed, in no file of these: ${strangers.join(', ')}`);
  return [...failed];
}

const names = (files) => files.map((file) => basename(file)).join(' ');

const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(here, name));
if (files.length === 0) throw new Error(`no test files in ${here}`);
const first = await failing(files, 4);
if (first.length > 0) console.log(`\nonce more, alone: ${names(first)}\n`);
const failed = first.length > 0 ? await failing(first, 1) : [];
const late = first.filter((file) => !failed.includes(file));
if (late.length > 0) console.log(`\npassed only alone: ${names(late)}; what failed in company stands above`);
if (failed.length > 0) console.log(`\nfailed: ${names(failed)}`);
process.exitCode = failed.length > 0 ? 1 : 0;
