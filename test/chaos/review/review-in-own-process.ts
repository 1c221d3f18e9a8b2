import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { openDb, sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { certificationsModule } from '#govern/certifications/index.ts';
import { finishClosing } from '#govern/certifications/close-campaign.ts';
import { freezeCampaign } from '#govern/certifications/freeze-campaign.ts';
import { reconciliationModule } from '#govern/reconciliation/index.ts';
import { requestsModule } from '#govern/requests/index.ts';
import { takeStepUp } from '#platform/signin/index.ts';
import { assembleSpine } from '#spine/assemble.ts';
import { decideModule } from '#spine/decide/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { noTargets } from '#test/certifications/world.ts';
import { wantedOf } from './wanted-of.ts';

/**
 * Takes one campaign from wherever it was left to its end, as its reviewers and Reeve would: freezes it, decides, signs,
 * closes. Says each step once it is answered: what is said must be so whatever happens afterwards. A test kills it.
 */
const [url = '', campaignId = ''] = process.argv.slice(2);
const db = await openDb({ url, clock: systemClock, log: silentLog });
const spine = await assembleSpine({
  db,
  clock: systemClock,
  log: silentLog,
  keys: keysOf(rootKeyOf(Buffer.alloc(32, 7))),
  modules: (decide) => [
    graphModule,
    decideModule({ decide }),
    requestsModule({ decide, takeStepUp }),
    certificationsModule,
    reconciliationModule({ targets: noTargets }),
  ],
});
const say = (step: string, more: object = {}): void => console.log(JSON.stringify({ step, ...more }));
const perform = async (name: string, input: object, as: string): Promise<void> => {
  const operation = spine.registry.operations.get(name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  await spine.operator.perform(operation, input, {
    principal: { kind: 'identity', id: as },
    origin: { via: 'api' },
    trace: newId(),
  });
};
const job = spine.operator.jobCtx('certifications');
const saying = (step: string): JobCtx => ({
  ...job,
  act: async (ask, work) => {
    const more = await job.act(ask, work);
    say(step);
    return more;
  },
});
const state = async (): Promise<string> =>
  (await db.one<{ state: string }>(sql`select state from campaign where id = ${campaignId}`)).state;

say('ready');
if ((await state()) === 'freezing') await freezeCampaign(saying('frozen'), campaignId, { piece: 40 });
if ((await state()) === 'open') {
  const open = await db.many<{ id: string; reviewerId: string }>(
    sql`select id, reviewer_id from campaign_item where campaign_id = ${campaignId} and state = 'open' order by id`,
  );
  for (const reviewer of new Set(open.map((i) => i.reviewerId)))
    for (const decision of ['keep', 'revoke'] as const) {
      const theirs = open.filter((i) => i.reviewerId === reviewer && wantedOf(i.id) === decision).map((i) => i.id);
      for (let n = 0; n < theirs.length; n += 40) {
        const items = theirs.slice(n, n + 40);
        await perform('campaigns.decide', { id: campaignId, decision, items }, reviewer);
        say('decided', { items, decision });
      }
    }
  const decided = await db.many<{ reviewerId: string }>(
    sql`select distinct reviewer_id from campaign_item where campaign_id = ${campaignId} and state = 'decided' order by 1`,
  );
  for (const { reviewerId } of decided) {
    await perform('campaigns.sign', { id: campaignId }, reviewerId);
    say('signed', { reviewerId });
  }
  // As a close of many items begins: the rest is the job's, in pieces.
  await db.run(sql`update campaign set state = 'closing' where id = ${campaignId}`);
}
if ((await state()) === 'closing') await finishClosing(saying('closed'), campaignId, { piece: 15 });
say('done');
await db.close();
