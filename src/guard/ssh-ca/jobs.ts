import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import {
  accountCreated,
  getIdentity,
  grantEnded,
  grantsOfRoles,
  identityChanged,
  roleChanged,
} from '#spine/graph/index.ts';
import { lockPlaced } from '#spine/locks/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { endAuthoritiesThatAreOver } from './keep-authorities.ts';
import { certifyHost, renewHosts } from './certify-host.ts';
import { CERTIFY_HOST, REFRESH, SET_UP } from './queue-refresh.ts';
import { revokeCertificates } from './revoke-certificates.ts';
import { refreshSystem, setUpSystem, type SetUpEdges } from './set-up-system.ts';
import { liveCertificates } from './store.ts';

const RENEW_BEFORE_DAYS = 10;

/** What targets are set up and kept current by. */
export const jobs = (edges: SetUpEdges): NonNullable<Module['jobs']> => [
  defineJob({
    name: SET_UP,
    input: z.object({ systemId: z.uuid(), check: z.boolean() }),
    run: (job, input) => setUpSystem(edges, job, input),
  }),
  defineJob({
    name: REFRESH,
    input: z.object({ systemId: z.uuid() }),
    maxAttempts: 25,
    run: (job, input) => refreshSystem(edges, job, input.systemId),
  }),
  defineJob({
    name: CERTIFY_HOST,
    input: z.object({ systemId: z.uuid() }),
    run: (job, input) => certifyHost(edges, job, input.systemId),
  }),
  defineJob({
    name: 'ssh_ca.look_after',
    input: z.object({}),
    every: '*/5 * * * *',
    run: async (job) => {
      await job.act({ action: 'ssh_ca.rotate' }, (ctx, permit) => endAuthoritiesThatAreOver(ctx, permit));
      const renewFrom = new Date(job.clock.now().getTime() + RENEW_BEFORE_DAYS * 86_400_000);
      await renewHosts(job.db, renewFrom);
      const ageing = await job.db.many<{ systemId: string; behind: boolean }>(sql`
        select t.system_id, t.behind_since is not null as behind from ssh_trust t
         where t.state <> 'asked' and t.set_up_at is not null and (t.behind_since is not null or not exists (
           select from ssh_certificate c where c.system_id = t.system_id and c.kind = 'host' and c.valid_to > ${renewFrom}))`);
      for (const { systemId, behind } of ageing) {
        if (behind) await enqueue(job.db, REFRESH, { systemId }, { key: `${REFRESH}:${systemId}` });
        else
          await job.db.tx(async (tx) => {
            await tx.run(sql`update ssh_trust set state = 'asked' where system_id = ${systemId}`);
            await enqueue(tx, SET_UP, { systemId, check: false }, { key: `${SET_UP}:${systemId}` });
          });
      }
    },
  }),
];

/** A certificate is over when what it rests on is. Whoever still has access by another way asks for the next one. */
export const reactions: NonNullable<Module['reactions']> = [
  defineReaction({
    on: grantEnded,
    name: 'ssh_ca.revoke_for_grant',
    turn: 'first',
    run: async (job, event) => {
      await job.act({ action: 'ssh_certificate.revoke' }, async (ctx, permit) => {
        const resting = await liveCertificates(ctx.tx, { grantIds: [event.data.grantId] });
        await revokeCertificates(ctx, permit, resting, `the grant it rests on ended: ${event.data.reason}`);
      });
    },
  }),
  defineReaction({
    on: roleChanged,
    name: 'ssh_ca.revoke_for_role',
    turn: 'first',
    run: async (job, event) => {
      await job.act({ action: 'ssh_certificate.revoke' }, async (ctx, permit) => {
        const grants = await grantsOfRoles(ctx.tx, [event.data.roleId]);
        const resting = await liveCertificates(ctx.tx, { grantIds: grants.map(({ id }) => id) });
        await revokeCertificates(ctx, permit, resting, 'the role it rests on is made of something else');
      });
    },
  }),
  defineReaction({
    on: identityChanged,
    name: 'ssh_ca.revoke_for_identity',
    turn: 'first',
    run: async (job, event) => {
      const { identityId } = event.data;
      await job.act({ action: 'ssh_certificate.revoke' }, async (ctx, permit) => {
        if ((await getIdentity(ctx.tx, identityId))?.state === 'active') return;
        const own = await liveCertificates(ctx.tx, { identityId });
        await revokeCertificates(ctx, permit, own, 'the person is no longer active');
      });
    },
  }),
  defineReaction({
    on: accountCreated,
    name: 'ssh_ca.name_new_account',
    run: async (job, event) => {
      const { systemId } = event.data;
      const trusting = await job.db.maybe(
        sql`select scope from ssh_trust where system_id = ${systemId} and set_up_at is not null`,
      );
      if (trusting !== undefined) await enqueue(job.db, REFRESH, { systemId }, { key: `${REFRESH}:${systemId}` });
    },
  }),
  defineReaction({
    on: lockPlaced,
    name: 'ssh_ca.revoke_for_lock',
    turn: 'first',
    run: async (job, event) => {
      await job.act({ action: 'ssh_certificate.revoke' }, async (ctx, permit) => {
        const past = await liveCertificates(ctx.tx, { locked: event.data });
        await revokeCertificates(ctx, permit, past, `access was locked: lock ${event.data.lockId}`);
      });
    },
  }),
];
