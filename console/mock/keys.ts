import type { KeysState, SealState } from '../src/api/shapes/keys.ts';
import { days, minutes, Refusal, type Routes } from './answer.ts';
import { person } from './people.ts';

let state: SealState['state'] = 'open';
let entered = 0;
let waits = false;
let prepared = false;
const NEEDED = 3;

/** For the pictures of a sealed console. */
export const setSeal = (to: SealState['state'], shares = 0, waitsForShare = false): void => {
  state = to;
  entered = shares;
  waits = waitsForShare;
};

const ring = (name: 'vault' | 'records', place: string): KeysState['vault'] => ({
  ring: name,
  state: name === 'records' ? 'open' : state,
  because: name === 'records' || state === 'open' ? null : 'a laptop of an administrator is missing',
  place,
  rootKeyId: name === 'vault' ? '3f9a11c07b2e4d58' : '90b1d2c3e4f5a617',
  since: days(-12),
  generation: name === 'vault' ? 2 : 1,
  sharesNeeded: name === 'vault' ? NEEDED : null,
  shares: name === 'vault' ? 5 : null,
  sharesEntered: entered,
  prepared: name === 'vault' && prepared ? { rootKeyId: 'b2c41f6d09e87a35', place: 'shamir' } : null,
  holders:
    name === 'records'
      ? []
      : [1, 2, 3, 4, 5].map((n) => ({
          holderId: person(n).id,
          name: person(n).name,
          state: 'current',
          takenAt: days(-12),
        })),
  nodes: [{ node: 'reeve-1', state: name === 'records' ? 'open' : state, loaded: 2, sealing: 2 }],
  moving: [],
});

export const keysRoutes: Routes = {
  'GET /v1/vault/seal': (): SealState => ({
    state,
    sharesNeeded: NEEDED,
    sharesEntered: entered,
    shareWaitsForYou: waits,
  }),
  'GET /v1/vault/keys': (): KeysState => ({
    vault: ring('vault', 'shamir'),
    records: ring('records', 'file'),
    verified: { at: minutes(-420), secrets: 214, opened: 214, wrong: 0 },
    drilled: {
      at: days(-9),
      ok: true,
      takenAt: days(-9),
      rows: 181_204,
      secrets: 212,
      opened: 212,
      logSize: 92_114,
      recordings: 1_204,
      wholeRecordings: 1_204,
      problems: [],
    },
  }),
  'POST /v1/vault/seal': () => {
    setSeal('sealed');
    return { state };
  },
  'POST /v1/vault/unseal': () => {
    setSeal('open');
    return { state, entered: 0, needed: 0 };
  },
  'POST /v1/vault/shares/enter': (ask) => {
    if (!String(ask.body['share']).startsWith('rs1-'))
      throw new Refusal({ status: 422, code: 'input.invalid', detail: 'this is not a share' });
    const now = entered + 1;
    setSeal(now >= NEEDED ? 'open' : state, now >= NEEDED ? 0 : now);
    return { state: now >= NEEDED ? 'open' : 'waiting', entered: now, needed: NEEDED };
  },
  'POST /v1/vault/shares/take': () => {
    waits = false;
    return { share: `rs1-3f9a11c07b2e4d58-${'a1'.repeat(33)}-0c1d2e3f`, left: 2 };
  },
  'POST /v1/vault/rekey': (ask) => {
    const { place } = ask.body as { place: string };
    prepared = place === 'shamir';
    return { rootKeyId: 'b2c41f6d09e87a35', place, state: prepared ? 'prepared' : 'current', generation: null };
  },
  'POST /v1/vault/rekey/cancel': () => {
    prepared = false;
    return { rootKeyId: 'b2c41f6d09e87a35' };
  },
  'POST /v1/vault/verify': () => ({ ok: true, secrets: 214, opened: 214, wrong: [] }),
};
