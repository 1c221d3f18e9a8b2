import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { getIdentity, grantEnded, identityChanged, roleChanged, sshKeyRemoved } from '#spine/graph/index.ts';
import { accessHoursChanged } from '#spine/calendars/index.ts';
import { lockPlaced } from '#spine/locks/index.ts';
import { defineJob, defineReaction, type CedarValue, type Module, type ResourceType } from '#spine/operations/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Recordings } from './edges.ts';
import { endSessionsOutsideHours } from './end-outside-hours.ts';
import {
  endLockedSessions,
  endSessionsOfGrant,
  endSessionsOfIdentity,
  endSessionsOfKey,
  endSessionsOfRole,
  type Why,
} from './end-sessions.ts';
import { events } from './events.ts';
import { indexEvents } from './search/index-events.ts';
import { recordingPurgeAccepted } from './keeping/events.ts';
import { planPurge, purgeRecordings } from './keeping/purge-recordings.ts';
import { heldCommandType } from './commands/held-commands.ts';
import { watchType } from './live/resource-type.ts';
import { endSilentWatches } from './live/watch-session.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export type { AdmissionEdges, Recording, Recordings } from './edges.ts';
export { endSessionsOfAccount, endSessionsOfCertificates, sessionsWithoutGrant } from './end-sessions.ts';
export { meetControls } from './meet-controls.ts';
export { refuseWhenDutiesMeet } from './refuse-duties.ts';
export { openableAccounts, type OpenableAccount } from './openable-accounts.ts';
export { justifyingGrants, lastEnd, sessionOpenedBy, type CameBy, type JustifyingGrant } from './store.ts';
export { LiveSessions } from './live-sessions.ts';
export { rewrapSessionEvents } from './rewrap-events.ts';
export { verifyRecordings, type RecordingsChecked } from './verify-recordings.ts';
export { closeSilentSessions } from './close-silent.ts';
export { GatewayDoors, type Door } from './gateway-doors.ts';
export { gatewayPorts, serveSessions } from './serve-node.ts';

const sessionType: ResourceType = {
  type: 'Session',
  attributes: {
    holder: { type: 'Entity', name: 'Identity' },
    manager: { type: 'Entity', name: 'Identity', required: false },
    system: { type: 'Entity', name: 'System' },
    state: { type: 'String' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{
      id: string;
      identityId: string;
      systemId: string;
      state: string;
      managerId: string | null;
    }>(sql`
      select s.id, s.identity_id, s.system_id, s.state, f.manager_id from session s
      left join identity_facts f on f.identity_id = s.identity_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
      where s.id = any(${ids}::uuid[])`);
    return new Map(
      rows.map((row) => {
        const attributes: Record<string, CedarValue> = {
          holder: { entity: { type: 'Identity', id: row.identityId } },
          system: { entity: { type: 'System', id: row.systemId } },
          state: row.state,
        };
        if (row.managerId !== null) attributes['manager'] = { entity: { type: 'Identity', id: row.managerId } };
        return [row.id, attributes];
      }),
    );
  },
};

/** The person is told in the words it was said in; the log keeps those apart. */
const whyOf = ({ reason, words }: { readonly reason: string; readonly words?: string | undefined }): Why =>
  words === undefined
    ? { because: `access ended: ${reason}` }
    : { because: `access ended: ${words}`, said: `access ended: ${reason}` };

/** Sessions: admitted, recorded, watched and ended. */
export const sessionsModule = (edges: {
  readonly keys: Keys;
  readonly recordings: Recordings;
  readonly decide: Decide;
}): Module => ({
  name: 'sessions',
  operations: operations(edges),
  jobs: [
    defineJob({
      name: 'sessions.end_outside_hours',
      input: z.object({}).loose(),
      every: '* * * * *',
      maxAttempts: 1,
      run: async (job) => {
        await job.act({ action: 'session.end' }, endSessionsOutsideHours);
      },
    }),
    defineJob({
      name: 'sessions.index_events',
      input: z.object({}),
      every: '*/10 * * * *',
      run: (job) => indexEvents(job.db, edges.keys),
    }),
    defineJob({
      name: 'sessions.purge_recordings',
      input: z.object({}).loose(),
      every: '17 3 * * *',
      maxAttempts: 1,
      run: async (job) => {
        await planPurge(job);
        await purgeRecordings(job, edges.recordings);
      },
    }),
    defineJob({ name: 'sessions.end_silent_watches', input: z.object({}), every: '* * * * *', run: endSilentWatches }),
  ],
  reactions: [
    defineReaction({
      on: recordingPurgeAccepted,
      name: 'sessions.purge_accepted',
      turn: 'last',
      run: (job) => purgeRecordings(job, edges.recordings),
    }),
    defineReaction({
      on: accessHoursChanged,
      name: 'sessions.end_outside_hours_changed',
      run: async (job) => {
        await job.act({ action: 'session.end' }, endSessionsOutsideHours);
      },
    }),
    defineReaction({
      on: grantEnded,
      name: 'sessions.end_for_grant',
      turn: 'first',
      run: async (job, event) => {
        await job.act({ action: 'session.end' }, (ctx, permit) =>
          endSessionsOfGrant(ctx, permit, event.data.grantId, whyOf(event.data)),
        );
      },
    }),
    defineReaction({
      on: lockPlaced,
      name: 'sessions.end_for_lock',
      turn: 'first',
      run: async (job, event) => {
        await job.act({ action: 'session.end' }, (ctx, permit) => endLockedSessions(ctx, permit, event.data));
      },
    }),
    defineReaction({
      on: sshKeyRemoved,
      name: 'sessions.end_for_key',
      turn: 'first',
      run: async (job, event) => {
        await job.act({ action: 'session.end' }, (ctx, permit) => endSessionsOfKey(ctx, permit, event.data.keyId));
      },
    }),
    defineReaction({
      on: roleChanged,
      name: 'sessions.end_for_role',
      turn: 'first',
      run: async (job, event) => {
        await job.act({ action: 'session.end' }, (ctx, permit) => endSessionsOfRole(ctx, permit, event.data.roleId));
      },
    }),
    defineReaction({
      on: identityChanged,
      name: 'sessions.end_for_identity',
      turn: 'first',
      run: async (job, event) => {
        const { identityId } = event.data;
        await job.act({ action: 'session.end' }, async (ctx, permit) => {
          const identity = await getIdentity(ctx.tx, identityId);
          if (identity?.state !== 'active')
            await endSessionsOfIdentity(ctx, permit, identityId, 'the person is no longer active');
        });
      },
    }),
  ],
  events,
  resources: [sessionType, watchType, heldCommandType],
  actions: [
    { action: 'session.end_watch' },
    { action: 'session.hold_for_recording' },
    { action: 'recording.purge' },
    { action: 'recording_purge.plan' },
    { action: 'session.note_command' },
    {
      action: 'session.open',
      resources: ['Account'],
      context: { protocol: { type: 'String' }, grants: { type: 'Long' }, own: { type: 'Boolean' } },
    },
  ],
  policies,
});
