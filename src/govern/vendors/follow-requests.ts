import { sql } from '#kit/db/index.ts';
import {
  requestApproved,
  requestBegun,
  requestDenied,
  requestExpired,
  requestWithdrawn,
} from '#govern/requests/index.ts';
import { changeIdentityFacts, getIdentity, holdIdentities } from '#spine/graph/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { vendorAdmitted, vendorDropped } from './events.ts';

interface About {
  readonly requestId: string;
  readonly beneficiaryId: string;
}

/** Whether it is somebody from outside who was asked for and is not let in yet. */
const isExpected = async (job: JobCtx, id: string): Promise<boolean> => {
  const identity = await job.db.tx((tx) => getIdentity(tx, id));
  return identity?.kind === 'vendor' && identity.state === 'pre_hire';
};

/** Lets in whom access begins for. Safe to run twice. */
const admit = async (job: JobCtx, { requestId, beneficiaryId: identityId }: About): Promise<void> => {
  if (!(await isExpected(job, identityId))) return;
  await job.act({ action: 'vendor.admit', resource: { type: 'Identity', id: identityId } }, async (ctx, permit) => {
    await holdIdentities(ctx.tx, [identityId]);
    const vendor = await getIdentity(ctx.tx, identityId);
    if (vendor?.state !== 'pre_hire') return;
    await changeIdentityFacts(ctx, permit, { identityId, change: { state: 'active' } });
    await ctx.record(permit, { event: vendorAdmitted, subject: identityId, data: { identityId, requestId } });
  });
};

/** Whoever was expected, and nothing of whose requests waits or was given, is gone again, and leaves their username. */
const drop = async (job: JobCtx, { requestId, beneficiaryId: identityId }: About): Promise<void> => {
  if (!(await isExpected(job, identityId))) return;
  await job.act({ action: 'vendor.admit', resource: { type: 'Identity', id: identityId } }, async (ctx, permit) => {
    await holdIdentities(ctx.tx, [identityId]);
    const vendor = await getIdentity(ctx.tx, identityId);
    const waits = await ctx.tx.maybe(sql`
      select id from request_line where beneficiary_id = ${identityId} and state in ('pending', 'scheduled', 'granted') limit 1`);
    if (vendor?.state !== 'pre_hire' || waits !== undefined) return;
    await changeIdentityFacts(ctx, permit, { identityId, change: { state: 'leaver', username: null } });
    await ctx.record(permit, { event: vendorDropped, subject: identityId, data: { identityId, requestId } });
  });
};

/** What becomes of the requests of somebody expected decides whether they are let in. */
export const reactions = [
  defineReaction({
    on: requestApproved,
    name: 'vendors.admit',
    run: async (job, { data }) => (data.grantIds.length === 0 ? undefined : await admit(job, data)),
  }),
  defineReaction({
    on: requestBegun,
    name: 'vendors.admitAtBeginning',
    run: async (job, { data }) => (data.grantIds.length === 0 ? await drop(job, data) : await admit(job, data)),
  }),
  defineReaction({ on: requestDenied, name: 'vendors.dropDenied', run: (job, { data }) => drop(job, data) }),
  defineReaction({ on: requestWithdrawn, name: 'vendors.dropWithdrawn', run: (job, { data }) => drop(job, data) }),
  defineReaction({ on: requestExpired, name: 'vendors.dropExpired', run: (job, { data }) => drop(job, data) }),
];
