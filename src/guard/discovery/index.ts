import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { defineJob, type JobCtx, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { askReading, READ_SYSTEM, readSystem } from './read-system.ts';

const policies = `
@id("discovery.administrators_connect_systems")
permit (principal is Reeve::Identity, action in [Reeve::Action::"system.connect", Reeve::Action::"system.pin"], resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("discovery.officers_read_systems_and_answer_findings")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"system.ask_reading", Reeve::Action::"finding.accept"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("discovery.officers_and_auditors_see_findings")
permit (principal is Reeve::Identity, action == Reeve::Action::"finding.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("discovery.reeve_reads_targets")
permit (
  principal == Reeve::Component::"discovery",
  action in [Reeve::Action::"system.read_target", Reeve::Action::"system.ask_reading"],
  resource
);
`;

/** Asks for a reading of every system with a credential that was not read for a quarter of an hour. */
async function askDueReadings(job: JobCtx): Promise<void> {
  const due = await job.db.many<{ id: string }>(sql`
    select s.id from system s where s.valid_to is null and s.credential_secret_id is not null and cardinality(s.pinned) > 0
      and not exists (select 1 from discovery_run r where r.system_id = s.id
        and r.asked_at > ${job.clock.now()}::timestamptz - interval '15 minutes')
    limit 100`);
  for (const { id } of due) {
    await job.act({ action: 'system.ask_reading', resource: { type: 'System', id } }, (ctx, permit) =>
      askReading(ctx, permit, { systemId: id }),
    );
  }
}

/** Reads systems, and finds privileged and orphan accounts with the evidence. */
export const discoveryModule = (edges: { readonly keys: Keys; readonly targets: Targets }): Module => ({
  name: 'discovery',
  operations: operations(edges),
  jobs: [
    defineJob({
      name: READ_SYSTEM,
      input: z.object({ runId: z.uuid() }),
      maxAttempts: 5,
      run: (job, input) => readSystem(edges.targets, job, input.runId),
    }),
    defineJob({ name: 'discovery.ask_due', input: z.object({}), every: '*/5 * * * *', run: askDueReadings }),
  ],
  events,
  policies,
});
