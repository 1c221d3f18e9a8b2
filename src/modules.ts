import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import type { Rings, RootKeyPlaces } from '#kit/key-ring/index.ts';
import type { Outbound, OutboundReader } from '#kit/outbound/index.ts';
import type { Targets } from '#connectors/port.ts';
import { browserSessionsModule } from '#guard/browser-sessions/index.ts';
import { discoveryModule } from '#guard/discovery/index.ts';
import { keysModule } from '#guard/keys/index.ts';
import { gatewayPasswordsModule, type GatewayPlace } from '#guard/gateway-passwords/index.ts';
import { isolationModule } from '#guard/isolation/index.ts';
import { jitModule } from '#guard/jit/index.ts';
import { leasesModule, rewrapLeasePasswords } from '#guard/leases/index.ts';
import { credentialRotations, rotationModule } from '#guard/rotation/index.ts';
import {
  rewrapSessionEvents,
  sessionsModule,
  sessionsWithoutGrant,
  type AdmissionEdges,
  type Recordings,
} from '#guard/sessions/index.ts';
import { commandRulesModule } from '#guard/command-rules/index.ts';
import { webSignInsModule, type WebPlace } from '#guard/web-sign-ins/index.ts';
import { webTermsModule } from '#guard/web-terms/index.ts';
import { statementRulesModule } from '#guard/statement-rules/index.ts';
import { sshCaModule } from '#guard/ssh-ca/index.ts';
import { sshTermsModule } from '#guard/ssh-terms/index.ts';
import { rewrapKits, rewrapSecrets, vaultModule } from '#guard/vault/index.ts';
import { certificationsModule } from '#govern/certifications/index.ts';
import { directGrantsModule } from '#govern/direct-grants/index.ts';
import { emergencyModule } from '#govern/emergency/index.ts';
import { catalogueEdits, entitlementsModule } from '#govern/entitlements/index.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '#govern/lifecycle/index.ts';
import { lineageModule } from '#govern/lineage/index.ts';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { driftChanges, reconciliationModule } from '#govern/reconciliation/index.ts';
import { decisionLinksModule, isDeputyOf, requestsModule, requestStillWaits } from '#govern/requests/index.ts';
import { riskModule } from '#govern/risk/index.ts';
import { roleParametersModule } from '#govern/role-parameters/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { replaceGrants, rolesModule } from '#govern/roles/index.ts';
import { scimModule } from '#govern/scim/index.ts';
import { sodModule } from '#govern/sod/index.ts';
import { vendorsModule } from '#govern/vendors/index.ts';
import { devicesModule } from '#platform/devices/index.ts';
import { nodesModule } from '#platform/nodes/index.ts';
import { noticesModule } from '#platform/notices/index.ts';
import { lastSignIn, rewrapCodes, signinModule, takeStepUp } from '#platform/signin/index.ts';
import { workloadsModule } from '#platform/workloads/index.ts';
import { rewrapWebhooks, webhooksModule } from '#platform/webhooks/index.ts';
import { auditModule, rewrapSubjectKeys } from '#spine/audit/index.ts';
import { calendarsModule } from '#spine/calendars/index.ts';
import { decideModule, type Decide } from '#spine/decide/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import { locksModule } from '#spine/locks/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import type { Module } from '#spine/operations/index.ts';

/** What modules are handed by the composition root. */
export interface ModuleEdges {
  readonly db: Db;
  readonly keys: Keys;
  readonly rings: Rings;
  readonly places: RootKeyPlaces;
  readonly node: string;
  readonly decide: Decide;
  readonly targets: Targets;
  readonly recordings: Recordings;
  readonly judgeAgain: AdmissionEdges['judgeAgain'];
  readonly witnessPath?: string | undefined;
  readonly publicUrl: string;
  readonly postgresGateway: GatewayPlace;
  readonly mysqlGateway: GatewayPlace;
  readonly webGateway: WebPlace;
  readonly smtpUrl?: string | undefined;
  readonly mailFrom?: string | undefined;
  readonly outbound: Outbound & OutboundReader;
  readonly exchangeDir?: string | undefined;
  readonly readingsAtOnce?: number | undefined;
  readonly ticketPattern?: string | undefined;
  readonly ticketUrl?: string | undefined;
}

/** The wiring list: every module of the house, once. Adding a capability adds a line here. */
export const modules = (edges: ModuleEdges): readonly Module[] => {
  const list: Module[] = [
    graphModule,
    decideModule(edges),
    auditModule(edges),
    calendarsModule,
    locksModule({ takeStepUp }),
    massChangesModule([
      driftChanges,
      birthrightChanges,
      feedUndo,
      replaceGrants,
      catalogueEdits,
      credentialRotations(edges),
    ]),
    signinModule(edges),
    devicesModule({ ...edges, takeStepUp }),
    nodesModule,
    vaultModule({ ...edges, secondPerson: { takeStepUp, isDeputyOf } }),
    keysModule({
      ...edges,
      takeStepUp,
      rewraps: [
        rewrapSecrets,
        ...rewrapKits,
        rewrapLeasePasswords,
        rewrapSessionEvents,
        rewrapSubjectKeys,
        rewrapCodes,
        ...rewrapWebhooks,
      ],
    }),
    discoveryModule(edges),
    rotationModule(edges),
    jitModule,
    sessionsModule(edges),
    statementRulesModule,
    commandRulesModule,
    gatewayPasswordsModule({ postgres: edges.postgresGateway, mysql: edges.mysqlGateway }),
    webTermsModule,
    webSignInsModule({ web: edges.webGateway }),
    sshCaModule({ ...edges, lastSignIn }),
    sshTermsModule,
    browserSessionsModule,
    leasesModule({ ...edges, lastSignIn }),
    isolationModule(edges),
    provisioningModule(edges),
    reconciliationModule(edges),
    lifecycleModule(edges),
    certificationsModule,
    directGrantsModule,
    entitlementsModule,
    requestsModule({ ...edges, takeStepUp }),
    vendorsModule(edges),
    emergencyModule({ ...edges, takeStepUp }),
    decisionLinksModule({ ...edges, takeStepUp }),
    lineageModule,
    rolesModule(edges),
    roleParametersModule,
    roleVersionsModule({
      decide: edges.decide,
      sessionsEnding: async (tx, grantIds) => (await sessionsWithoutGrant(tx, grantIds)).map(({ id }) => id),
    }),
    scimModule,
    sodModule(edges),
    riskModule,
    noticesModule({ ...edges, stillWaits: { 'approval.wanted': requestStillWaits } }),
    workloadsModule(edges),
    webhooksModule({
      ...edges,
      eventTypes: () => list.flatMap(({ events }) => (events ?? []).map(({ type }) => type)),
    }),
  ];
  return list;
};
