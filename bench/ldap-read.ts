import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { crowd } from '../src/connectors/ldap/crowd.fixture.ts';
import { startLdap, type LabLdap } from '#lab/index.ts';
import type { BenchLine } from './report.ts';

/** Accounts, and how many of them are in one group. */
const SIZES: readonly (readonly [number, number])[] =
  process.env['REEVE_BENCH_LARGE'] === '1'
    ? [
        [20_000, 20_000],
        [200_000, 200_000],
        [1_000_000, 500_000],
      ]
    : [
        [20_000, 20_000],
        [200_000, 200_000],
      ];
/** What a reconciliation of that size may take of memory, in bytes. */
const MEMORY_LIMIT = 600e6;

/** Reads a real slapd in pieces, in a process of its own whose memory is its own, and then what changed since. */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const [accounts, members] of SIZES) {
    const begun = performance.now();
    const lab = await startLdap({ extra: crowd(accounts, members), loadLimit: 1_800_000, accessLog: true });
    console.error(`${accounts} accounts loaded in ${Math.round((performance.now() - begun) / 1000)} s`);
    try {
      const seen = await readApart(lab);
      if (seen.accounts < accounts || seen.holdings < members) throw new Error('the reading is not whole');
      const line = (metric: string, value: number, unit: string, baseline: number | null): BenchLine => ({
        bench: 'ldap-read',
        case: `${accounts / 1000}k accounts, a group of ${members / 1000}k`,
        metric,
        value: Math.round(value),
        unit,
        baseline,
        ratio: baseline === null ? null : Math.round((value / baseline) * 100) / 100,
      });
      lines.push(line('accounts_per_minute', (seen.accounts / seen.readMs) * 60_000, 'accounts/min', null));
      lines.push(line('peak_memory', seen.peakBytes, 'bytes', MEMORY_LIMIT));
      lines.push(line('changes_time', seen.changesMs, 'ms', seen.readMs));
    } finally {
      await lab.stop();
    }
  }
  return lines;
}

interface Seen {
  readonly accounts: number;
  readonly holdings: number;
  readonly readMs: number;
  readonly changesMs: number;
  readonly peakBytes: number;
}

const program = `
import { ldapConnector } from ${JSON.stringify(join(import.meta.dirname, '../src/connectors/ldap/index.ts'))};
let text = '';
for await (const chunk of process.stdin) text += chunk;
const target = JSON.parse(text);
const begun = performance.now();
let accounts = 0, holdings = 0, mark = '';
for await (const piece of ldapConnector.readInPieces(target)) {
  accounts += piece.accounts?.length ?? 0;
  holdings += piece.holdings?.length ?? 0;
  mark = piece.whole?.mark ?? mark;
}
const readMs = performance.now() - begun;
await ldapConnector.apply(target, { do: 'create_account', account: 'one-more', fullName: 'One More' });
const since = performance.now();
const changes = await ldapConnector.readChanges(target, mark);
if (!changes?.accounts.some((account) => account.nativeId === 'one-more')) throw new Error('the change was not told');
const changesMs = performance.now() - since;
console.log(JSON.stringify({ accounts, holdings, readMs, changesMs, peakBytes: process.resourceUsage().maxRSS * 1024 }));
`;

async function readApart(lab: LabLdap): Promise<Seen> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(
    JSON.stringify({
      systemId: lab.name,
      kind: 'ldap',
      host: lab.host,
      port: lab.port,
      settings: { timeoutSeconds: 300 },
      pinned: [`tls-sha256:${lab.tls.fingerprint256}`],
      credential: { kind: 'password', ...lab.management },
    }),
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the reading process ended with ${String(code)}`);
  return JSON.parse(said) as Seen;
}
