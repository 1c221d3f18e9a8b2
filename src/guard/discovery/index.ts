import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations/index.ts';
import { READ_SYSTEM } from './runs/ask-reading.ts';
import { READ_CHANGES, readChanges } from './runs/read-changes.ts';
import { readSystem } from './runs/read-whole.ts';
import { tick } from './schedule/tick.ts';

const policies = `
@id("discovery.administrators_connect_systems")
permit (principal is Reeve::Identity, action in [Reeve::Action::"system.connect", Reeve::Action::"system.configure", Reeve::Action::"system.pin", Reeve::Action::"system.schedule"], resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("discovery.officers_read_systems_and_answer_findings")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"system.ask_reading", Reeve::Action::"discovery_run.accept", Reeve::Action::"finding.accept"],
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

/** Systems read at a time, over all nodes, where the configuration does not say. */
const AT_ONCE = 2;

/** Reads systems, and finds privileged and orphan accounts with the evidence. */
export const discoveryModule = (edges: {
  readonly keys: Keys;
  readonly targets: Targets;
  readonly readingsAtOnce?: number | undefined;
}): Module => {
  const reading = { targets: edges.targets, atOnce: edges.readingsAtOnce ?? AT_ONCE };
  return {
    name: 'discovery',
    operations: operations(edges),
    jobs: [
      defineJob({
        name: READ_SYSTEM,
        input: z.object({ runId: z.uuid() }),
        run: (job, input) => readSystem(reading, job, input.runId),
      }),
      defineJob({
        name: READ_CHANGES,
        input: z.object({ systemId: z.uuid() }),
        run: (job, input) => readChanges(reading, job, input.systemId),
      }),
      defineJob({ name: 'discovery.tick', input: z.object({}), every: '* * * * *', run: tick }),
    ],
    events,
    policies,
  };
};
