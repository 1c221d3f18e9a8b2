import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { certificateEvents, certificateOperations } from './certificates/index.ts';
import { events } from './events.ts';
import { hostEvents, hostOperations } from './hosts/index.ts';
import { operations, type WorkloadEdges } from './operations.ts';

const policies = `
@id("workloads.anyone_may_prove_which_program_they_are")
permit (principal, action == Reeve::Action::"workload.exchange", resource)
when { principal is Reeve::Anonymous || principal is Reeve::Identity };

@id("workloads.administrators_trust_platforms")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"workload.trust", Reeve::Action::"workload.bind"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("workloads.officers_and_auditors_see_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"workload.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };
`;

/** Tokens that were exchanged are forgotten once they are over: they prove nothing then. */
const forgetOver = defineJob({
  name: 'workloads.forget_over',
  input: z.object({}),
  every: '17 * * * *',
  run: async (job) => {
    await job.db.run(sql`delete from workload_token_used where forget_at < ${job.clock.now()}`);
  },
});

export { openCertificateDoor, type CertificateDoor, type ShownCertificate } from './certificates/index.ts';

/** Programs prove themselves by what their platform says of them, by certificates, and by the keys of their hosts. */
export const workloadsModule = (edges: WorkloadEdges): Module => ({
  name: 'workloads',
  operations: [...operations(edges), ...certificateOperations, ...hostOperations(edges)],
  jobs: [forgetOver],
  events: [...events, ...certificateEvents, ...hostEvents],
  policies,
});
