import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { openDb } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { certificationsModule } from '#govern/certifications/index.ts';
import { reconciliationModule } from '#govern/reconciliation/index.ts';
import { noTargets } from './world.ts';
import { freezeCampaign } from '#govern/certifications/freeze-campaign.ts';
import { requestsModule } from '#govern/requests/index.ts';
import { takeStepUp } from '#platform/signin/index.ts';
import { assembleSpine } from '#spine/assemble.ts';
import { decideModule } from '#spine/decide/index.ts';
import { graphModule } from '#spine/graph/index.ts';

/** Freezes a campaign grant by grant in a process that a test kills; says each piece. */
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
const job = spine.operator.jobCtx('certifications');
await freezeCampaign(
  {
    ...job,
    act: async (ask, work) => {
      const more = await job.act(ask, work);
      console.log('piece');
      return more;
    },
  },
  campaignId,
  { piece: 1 },
);
await db.close();
