import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import type { KeysState } from '../../api/shapes/keys.ts';

const PLACES: Readonly<Record<string, string>> = {
  file: 'in a file on the server',
  shamir: 'in shares',
  pkcs11: 'in a security module it never leaves',
  aws_kms: 'in AWS KMS, which it never leaves',
};
const STATES = {
  open: 'open',
  sealed: 'sealed by order',
  waiting: 'sealed until enough shares are entered',
  unreachable: 'sealed: its root key is out of reach',
} as const;

/** What is known of a ring and its root key; never a key. */
export const RingFacts = ({ ring }: { readonly ring: KeysState['vault'] }) => {
  const unfinished = ring.moving.filter(({ finishedAt }) => finishedAt === null);
  const stuck = ring.moving.filter(({ rowsLeft }) => (rowsLeft ?? 0) > 0);
  return (
    <Facts
      of={[
        ['State', STATES[ring.state]],
        ['Why', ring.because ?? undefined],
        ['Root key', ring.place === null ? 'none' : (PLACES[ring.place] ?? ring.place)],
        ['Its id', ring.rootKeyId === null ? undefined : <span className="mono">{ring.rootKeyId}</span>],
        ['In use', ring.since === null ? undefined : <TimeAgo at={ring.since} />],
        [
          'Shares',
          ring.sharesNeeded === null || ring.shares === null
            ? undefined
            : `${String(ring.sharesNeeded)} of ${String(ring.shares)} open it`,
        ],
        [
          'To take over',
          ring.prepared === null ? undefined : 'a new root key, once every holder below has taken their share',
        ],
        [
          'Data keys',
          unfinished.length > 0
            ? `moving: ${unfinished.map(({ part, rowsDone }) => `${part} (${String(rowsDone)} done)`).join(', ')}`
            : stuck.length > 0
              ? `do not open: ${stuck.map(({ part, rowsLeft }) => `${String(rowsLeft)} ${part}`).join(', ')}`
              : 'all under the newest key',
        ],
        [
          'Nodes',
          ring.nodes.length === 0 ? undefined : ring.nodes.map(({ node, state }) => `${node}: ${state}`).join(', '),
        ],
      ]}
    />
  );
};
