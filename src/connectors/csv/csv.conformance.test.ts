import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorConformance, type Rig } from '../conformance.ts';
import type { Target } from '../port.ts';
import { csvConnector } from './index.ts';
import { ledger, Office } from './office.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-exchange-'));

const targetOf = (name: string): Target => ({
  systemId: name,
  kind: 'csv',
  host: '',
  port: 0,
  settings: { path: join(root, name), sums: 'required', rowsPerPiece: 2 },
  pinned: [],
  credential: { kind: 'none', username: '' },
});

/** No cell of an order is a formula, and nothing was made beside the orders. */
function unharmed(office: Office): readonly string[] {
  for (const order of office.orders())
    for (const line of readFileSync(join(office.folder, 'changes', order), 'utf8').split(/\r?\n/u))
      if (/(^|,)"?[=+\-@]/u.test(line)) throw new Error(`an order holds a formula: ${line}`);
  const others = readdirSync(office.folder).filter(
    (f) => !/^((accounts|entitlements|holdings|nesting)\.csv|SHA256SUMS|changes)$/u.test(f),
  );
  if (others.length > 0 || readdirSync(tmpdir()).includes('pwned'))
    throw new Error(`something was made: ${others.join(', ')}`);
  return office.tables.accounts.map((a) => a['account_name'] ?? '');
}

async function rig(): Promise<Rig> {
  const office = new Office(join(root, 'ledger'), ledger());
  office.export();
  return {
    carryOut: async () => office.carryOut(),
    absent: targetOf('nowhere'),
    cut: async (part) => {
      const files = ['accounts', 'entitlements', 'holdings', 'nesting'].map((table) => `${table}.csv`);
      // The part tells which file is cut and where, so that every file and every place has its turn.
      const file = join(office.folder, files[Math.floor(part * 400) % files.length] ?? '');
      const text = readFileSync(file);
      writeFileSync(file, text.subarray(0, Math.floor(text.length * part)));
      return {
        target: targetOf('ledger'),
        stop: async () => office.export(),
      };
    },
    target: targetOf('ledger'),
    otherPin: '',
    impatient: {},
    privileged: ['ROOT'],
    ordinary: ['E-1', 'E-2', 'E-3'],
    grantable: ['view_ledger', '-all'],
    loginAttempts: async () => 0,
    watch: () => ({ stop: async () => '' }),
    unharmed: async () => unharmed(office),
    stop: async () => rmSync(root, { recursive: true, force: true }),
  };
}

connectorConformance('csv', csvConnector({ root }), rig, {
  pins: 'a folder shows nothing that could be compared',
  logins: 'nobody logs in to files',
  network: 'files are read where they are',
});
