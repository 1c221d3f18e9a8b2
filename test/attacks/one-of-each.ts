import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { createRole, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { testAuthority } from '../harness/authority.ts';
import type { Answer, Caller, PeopledHouse } from '../harness/peopled-house.ts';
import { proving } from '#test/harness/fresh-proof.ts';

/** A row of every kind, all of Lena's world: ids (or what a path takes in their place) by kind. */
export type OneOfEach = ReadonlyMap<string, string>;

/** The answer's body where it came with 2xx; throws with the problem otherwise. */
export function must<T = Record<string, unknown>>(answer: Answer): T {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body as T;
}

/** Furnishes the house with one row of everything. `lena` holds it, `mara` manages her, `priya` owns the system. */
export async function oneOfEach(
  house: PeopledHouse,
  who: { readonly lena: Caller; readonly priya: Caller; readonly boss: Caller; readonly officer: Caller },
): Promise<OneOfEach> {
  const { lena, priya, boss, officer } = who;
  const { db } = house;
  const now = house.clock.now();
  const ids = new Map<string, string>([['Identity', lena.id]]);
  const put = (kind: string, id: string): string => (ids.set(kind, id), id);
  const made = async (kind: string, answer: Promise<Answer>): Promise<string> =>
    put(kind, must<{ id: string }>(await answer).id);

  const { systemId, entitlementId, otherId, roleId } = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const system = await registerSystem(ctx, permit, {
        name: 'quietbox',
        kind: 'csv',
        host: '127.0.0.9',
        port: 22,
        ownerId: priya.id,
      });
      const entitlement = async (name: string): Promise<string> => {
        const put = await putEntitlement(ctx, permit, {
          systemId: system.id,
          kind: 'group',
          nativeId: name,
          name,
          description: 'what it is for',
          ownerId: priya.id,
          requestable: true,
          risk: 'low',
        });
        return put.id;
      };
      const role = await createRole(ctx, permit, { name: 'a-role', ownerId: priya.id });
      return {
        systemId: system.id,
        entitlementId: await entitlement('held-group'),
        otherId: await entitlement('other-group'),
        roleId: role.id,
      };
    });
  put('System', systemId);
  put('Entitlement', entitlementId);
  put('Role', roleId);
  await db.run(sql`insert into entitlement_steward (id, identity_id, system_id, since)
    values (${put('Steward', newId())}, ${lena.id}, ${systemId}, ${now})`);
  await db.run(sql`insert into rename_case (id, system_id, gone_id, came_id, because, found_at)
    values (${put('RenameCase', newId())}, ${systemId}, ${otherId}, ${entitlementId}, 'quiet because', ${now})`);
  const account = put('Account', newId());
  await db.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
    values (${account}, ${systemId}, 'quiet-lena', 'quiet-lena', ${lena.id}, ${now})`);
  await db.run(sql`insert into finding
      (id, system_id, account_name, account_id, kind, about, severity, power, rests_on, reason, evidence, entitlement, source, first_seen_at, last_seen_at)
    values (${put('Finding', newId())}, ${systemId}, 'quiet-lena', ${account}, 'group', 'held-group', 'high', true, 'credential',
      'quiet reason', 'quiet evidence', 'held-group', 'look', ${now}, ${now})`);
  await db.run(sql`insert into correlation_case (id, account_id, system_id, state, candidates, opened_at)
    values (${put('CorrelationCase', newId())}, ${account}, ${systemId}, 'open', '[]', ${now})`);
  await db.run(sql`insert into lifecycle_receipt (id, identity_id, what, because, effective_at, at)
    values (${put('Receipt', newId())}, ${lena.id}, 'joined', 'quiet because', ${now}, ${now})`);
  await db.run(sql`insert into handover (id, identity_id, from_id, because, asked_at, due_at)
    values (${put('Handover', newId())}, ${lena.id}, ${priya.id}, 'left', ${now}, ${now}::timestamptz + interval '14 days')`);
  const run = put('MiningRun', newId());
  await db.run(sql`insert into mining_run (id, asked_by, asked_at, parameters, state, settled_at, people, entitlements, assignments, covered)
    values (${run}, ${boss.id}, ${now}, '{"tolerance": 0, "fewestUsers": 2, "department": null, "seed": 1}', 'done', ${now}, 1, 1, 1, 1)`);
  await db.run(sql`insert into improvement_run (id, state, days, asked_by, asked_at, settled_at, roles, found, items)
    values (${put('ImprovementRun', newId())}, 'done', 90, ${boss.id}, ${now}, ${now}, 1, 0, '[]')`);
  await db.run(sql`insert into candidate_role (id, run_id, position, name, basis, identity_ids, entitlement_ids, coverage, extra, stability, role_id)
    values (${put('CandidateRole', newId())}, ${run}, 1, 'quiet candidate', 'access', array[${lena.id}]::uuid[], array[${entitlementId}]::uuid[], 1, 0, 1, ${roleId})`);
  await db.run(sql`insert into role_version (id, role_id, number, kind, content, reason, made_by, made_at, edited_by)
    values (${put('RoleVersion', newId())}, ${roleId}, 1, 'business', '{"entitlements": [], "roles": []}', 'quiet reason', ${lena.id}, ${now}, array[${lena.id}]::uuid[])`);
  await db.run(sql`insert into passkey (id, identity_id, credential_id, public_key, counter, name)
    values (${put('Passkey', newId())}, ${lena.id}, 'quiet-credential', '\\x00', 0, 'quiet-passkey')`);
  await db.run(sql`insert into mail (id, event_id, identity_id, template, state, because, wanted_at, settled_at)
    values (${put('Notice', newId())}, ${newId()}, ${lena.id}, 'quiet', 'not_sent', 'quiet', ${now}, ${now})`);
  await db.run(sql`insert into mail_template_version (template, number, subject, body, made_at, made_by)
    values (${put('NoticeTemplate', 'request.denied')}, 1, 'quiet subject', ${'quiet text {link}'}, ${now}, 'quiet')`);
  const grant = await made(
    'Grant',
    boss.call('POST', '/v1/grants', { identity: 'lena', entitlementId, because: 'quiet because' }),
  );
  await house.settle();
  await db.run(sql`insert into provision_task (id, grant_id, entitlement_id, identity_id, system_id, account_id, wanted, state, problem, decided_at, settled_at)
    values (${newId()}, ${grant}, ${entitlementId}, ${lena.id}, ${systemId}, ${account}, 'present', 'stuck', 'quiet problem', ${now}, ${now})
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update set state = 'stuck', settled_at = ${now}, problem = 'quiet problem'`);
  put('ProvisionTask', (await db.one<{ id: string }>(sql`select id from provision_task where grant_id = ${grant}`)).id);
  const session = put('Session', newId());
  await db.run(sql`insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, node, client_address, client_version, started_at, seen_at, recorded)
    values (${session}, ${lena.id}, ${account}, ${systemId}, array[${grant}::uuid], 'ssh', 'elsewhere', '127.0.0.8', 'quiet-client', ${now}, ${now}::timestamptz + interval '1 day', true)`);
  await db.run(sql`insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
    values (${session}, ${lena.id}, ${account}, ${systemId}, array[${grant}::uuid], 'ssh', ${now}, true)`);

  await db.run(sql`insert into held_command (id, session_id, pattern, asked_at, until)
    values (${put('HeldCommand', newId())}, ${session}, 'reboot*', ${now}, ${now}::timestamptz + interval '1 day')`);
  await db.run(sql`insert into session_watch (id, session_id, identity_id, observes, began_at, seen_at)
    values (${put('SessionWatch', newId())}, ${session}, ${officer.id}, false, ${now}, ${now}::timestamptz + interval '1 day')`);
  await db.run(sql`insert into recording_class (id, name, place, days, counts_from)
    values (${newId()}, ${put('RecordingClass', 'quiet-class')}, 1, 30, ${now}::timestamptz + interval '7 days')`);
  await db.run(sql`insert into recording_hold (id, scope, session_id, reason, placed_by, placed_at, lift_asked_by, lift_asked_at, lift_because, lifted_by, lifted_at)
    values (${put('RecordingHold', newId())}, 'session', ${session}, 'quiet reason', ${officer.id}, ${now}, ${officer.id}, ${now}, 'quiet because', ${boss.id}, ${now})`);
  await db.run(sql`insert into recording_purge (id, state, counted, as_of, judged_by, because)
    values (${put('RecordingPurge', newId())}, 'declined', 1, ${now}, ${boss.id}, 'quiet because')`);
  await db.run(sql`insert into access_lock (id, scope, system_id, reason, placed_by, placed_at, lifted_at, lifted_by, lifted_because)
    values (${put('Lock', newId())}, 'system', ${systemId}, 'quiet reason', ${officer.id}, ${now}, ${now}, ${officer.id}, 'quiet because')`);

  await db.run(sql`insert into node (id, name, roles, version, started_at, seen_at)
    values (${put('Node', newId())}, 'quiet-machine', '{gateway}', '0.0.0', ${now}, ${now}::timestamptz + interval '1 year')`);

  const path = put('EmergencyPath', newId());
  await db.run(sql`insert into emergency_path (id, name, purpose, entitlement_id, user_ids, reviewer_ids, longest_seconds, review_seconds, defined_by, defined_at)
    values (${path}, 'quiet path', 'quiet purpose', ${entitlementId}, array[${lena.id}]::uuid[], array[${priya.id}]::uuid[], 600, 86400, ${boss.id}, ${now})`);
  await db.run(sql`insert into emergency_use (id, path_id, identity_id, grant_id, reason, used_at, ends_at, review_due_at, step_up_method, step_up_at)
    values (${put('EmergencyUse', newId())}, ${path}, ${lena.id}, ${grant}, 'quiet reason', ${now}, ${now}::timestamptz + interval '10 minutes',
            ${now}::timestamptz + interval '1 day', 'totp', ${now})`);

  await made('Secret', officer.call('POST', '/v1/vault/secrets', { name: 'quiet/key', kind: 'api_key', value: 'v' }));
  await made('SecretFolder', officer.call('POST', '/v1/vault/folders', { path: 'quiet/folder', description: 'quiet' }));
  const checkout = must<{ checkoutId: string }>(
    await officer.call('POST', `/v1/vault/secrets/${ids.get('Secret')}/checkout`, { reason: 'quiet' }),
  );
  put('Checkout', checkout.checkoutId);
  await db.run(sql`insert into checkout_ask (id, secret_id, asker_id, reason, seconds, asked_at, lapses_at) values
    (${put('CheckoutAsk', newId())}, ${ids.get('Secret') ?? null}, ${lena.id}, 'quiet because', 900, ${now}, ${now}::timestamptz + interval '1 day')`);
  await made(
    'BreakGlassKit',
    officer.call('POST', '/v1/vault/kits', {
      name: 'quiet kit',
      secretIds: [ids.get('Secret')],
      holderIds: [boss.id, priya.id],
      threshold: 2,
      drillEveryDays: 90,
    }),
  );
  const issuer = put('WorkloadIssuer', newId());
  await db.run(sql`insert into workload_issuer (id, name, issuer, keys_url, audience, made_by, made_at) values
    (${issuer}, 'quiet issuer', 'https://quiet.example', 'https://quiet.example/keys', 'reeve', ${boss.id}, ${now})`);
  await db.run(sql`insert into workload_binding (id, issuer_id, identity_id, claims, scopes, seconds, made_by, made_at) values
    (${put('WorkloadBinding', newId())}, ${issuer}, ${lena.id}, '{"sub": "quiet"}', array['read'], 600, ${boss.id}, ${now})`);
  const workloadAuthority = put('WorkloadAuthority', newId());
  const root = testAuthority('quiet authority');
  root.remove();
  await db.run(sql`insert into workload_authority (id, name, certificate, fingerprint, made_by, made_at) values
    (${workloadAuthority}, 'quiet authority', ${root.certificate}, 'quiet fingerprint', ${boss.id}, ${now})`);
  await db.run(sql`insert into workload_certificate_rule (id, authority_id, identity_id, kind, value, scopes, seconds, made_by, made_at) values
    (${put('WorkloadCertificateRule', newId())}, ${workloadAuthority}, ${lena.id}, 'dns', 'quiet.example', array['read'], 600, ${boss.id}, ${now})`);
  await db.run(sql`insert into workload_host (id, system_id, identity_id, scopes, seconds, made_by, made_at) values
    (${put('WorkloadHost', newId())}, ${systemId}, ${lena.id}, array['read'], 600, ${boss.id}, ${now})`);
  await db.run(sql`insert into rotation (id, account_id, secret_id, because) values
    (${put('Rotation', newId())}, ${account}, ${ids.get('Secret') ?? null}, 'quiet because')`);
  await db.run(sql`insert into rotation_run (id, because, canary, wave_size, may_fail) values
    (${put('RotationRun', newId())}, 'quiet because', 1, 1, 0)`);
  await db.run(sql`insert into credential_dependant (id, secret_id, position, name, system_id, place) values
    (${put('CredentialDependant', newId())}, ${ids.get('Secret') ?? null}, 1, 'quiet dependant', ${systemId}, '{}')`);
  const policy = must<{ id: string }>(await officer.call('PUT', '/v1/rotation-policies', { accountId: account }));
  put('RotationPolicy', policy.id);
  const rule = await made(
    'SodRule',
    officer.call('POST', '/v1/sod/rules', {
      name: 'quiet rule',
      severity: 'high',
      functions: [
        { name: 'one', entitlementIds: [entitlementId] },
        { name: 'two', entitlementIds: [otherId] },
      ],
    }),
  );
  await made(
    'SodException',
    officer.call('POST', `/v1/sod/rules/${rule}/exceptions`, {
      identity: lena.id,
      reason: 'quiet reason',
      control: 'quiet control',
      validTo: new Date(now.getTime() + 86_400_000).toISOString(),
    }),
  );
  const version = must<{ name: string }>(
    await boss.call('POST', '/v1/policies/versions', {
      text: '@id("custom.quiet") permit (principal, action == Reeve::Action::"me.read", resource);',
      note: 'quiet note',
    }),
  );
  put('PolicyVersion', version.name);
  const campaign = await made(
    'Campaign',
    boss.call('POST', '/v1/campaigns', {
      name: 'quiet campaign',
      scope: { identityId: lena.id, reviewerId: priya.id },
      reviewerRule: 'named',
      dueAt: new Date(now.getTime() + 86_400_000).toISOString(),
    }),
  );
  must(await boss.call('POST', `/v1/campaigns/${campaign}/launch`));
  const items = must<{ items: { id: string }[] }>(await boss.call('GET', `/v1/campaigns/${campaign}/items?scope=all`));
  put('CampaignItem', items.items[0]?.id ?? '');
  await made(
    'CampaignSchedule',
    boss.call('POST', '/v1/campaign-schedules', {
      name: 'quiet schedule',
      everyMonths: 3,
      firstAt: new Date(now.getTime() + 86_400_000).toISOString(),
    }),
  );
  const request = must<{ request: { id: string } }>(
    await lena.call('POST', '/v1/requests', {
      what: 'quietbox:other-group',
      for: '2h',
      reason: 'quiet reason',
      forIdentity: lena.id,
    }),
  );
  put('Request', request.request.id);
  await made(
    'RequestOrder',
    lena.call('POST', '/v1/request-orders', { what: ['quietbox:other-group'], for: '2h', reason: 'quiet reason' }),
  );
  await made(
    'ApprovalDeputy',
    boss.call('POST', '/v1/deputies', {
      deputy: lena.id,
      endsAt: new Date(now.getTime() + 86_400_000).toISOString(),
      reason: 'quiet reason',
    }),
  );
  const key = await makeSshKey('quiet@laptop');
  await made('SshKey', proving(house, lena).call('POST', '/v1/ssh-keys', { publicKey: key.publicKey }));
  const loginId = newId();
  put('SshLogin', loginId);
  await db.run(sql`
    insert into ssh_login (id, code_mac, identity_id, key_id, account, system, client_address, client_version, node, asked_at,
                           ends_at, found_by)
    select ${loginId}, 'quiet', identity_id, id, 'quiet-account', 'quietbox', '127.0.0.9', 'quiet-client', ${newId()}, ${now},
           ${now}::timestamptz + interval '5 minutes', identity_id from ssh_key`);
  await made(
    'Token',
    lena.call('POST', '/v1/tokens', {
      name: 'quiet',
      scopes: ['read'],
      endsAt: new Date(now.getTime() + 86_400_000).toISOString(),
    }),
  );
  await made('Source', boss.call('PUT', '/v1/sources/quiet-source', { timeZone: 'Europe/Berlin' }));
  await made('Run', boss.call('POST', '/v1/sources/quiet-source/feeds', { content: '<html>login</html>' }));
  await made(
    'ScimClient',
    boss.call('POST', '/v1/scim/clients', {
      name: 'quiet-directory',
      tokenEndsAt: new Date(now.getTime() + 86_400_000).toISOString(),
    }),
  );
  await made(
    'Birthright',
    boss.call('POST', '/v1/birthrights', {
      name: 'quiet birthright',
      condition: { department: ['quiet'] },
      entitlementId,
    }),
  );
  await made(
    'MaintenanceWindow',
    boss.call('POST', '/v1/maintenance', {
      systemId,
      startsAt: new Date(now.getTime() + 86_400_000).toISOString(),
      endsAt: new Date(now.getTime() + 90_000_000).toISOString(),
      because: 'quiet because',
    }),
  );
  const webhook = put('Webhook', newId());
  await db.run(sql`insert into webhook (id, name, kind, host, sealed_url, version, kinds, state, made_at)
    values (${webhook}, 'quiet webhook', 'slack', 'quiet.example', '\\x00', 1, '{request.*}', 'paused', ${now})`);
  await db.run(sql`insert into webhook_delivery (id, webhook_id, event_type, state, because, wanted_at, gives_up_at, settled_at)
    values (${put('WebhookDelivery', newId())}, ${webhook}, 'webhook.test', 'not_delivered', 'quiet because', ${now}, ${now}, ${now})`);
  await db.run(sql`insert into calendar (site, time_zone, hours, changed_at, changed_by)
    values (${put('Calendar', 'quiet-site')}, 'UTC', '{mon-fri 09:00-17:00}', ${now}, 'quiet')`);
  const authority = newId();
  await db.run(sql`insert into ssh_authority (id, purpose, generation, secret_id, public_key, fingerprint, made_at)
    values (${authority}, 'user', 1, ${ids.get('Secret') ?? null}, 'ssh-ed25519 AAAA quiet', 'SHA256:quiet', ${now})`);
  await db.run(
    sql`insert into ssh_trust (system_id, scope, state, problem, asked_at) values (${systemId}, 'quietbox', 'failed', 'quiet problem', ${now})`,
  );
  await db.run(
    sql`insert into ssh_host (system_id, names, state, problem, asked_at) values (${systemId}, '{quietbox}', 'failed', 'quiet problem', ${now})`,
  );
  await db.run(sql`insert into ssh_certificate (id, serial, kind, authority_id, system_id, identity_id, grant_ids, principals, key_id, key_fingerprint, valid_from, valid_to, issued_at)
    values (${put('SshCertificate', newId())}, 4711, 'user', ${authority}, ${systemId}, ${lena.id}, array[${grant}::uuid], '{quiet-lena@quietbox}', 'quiet', 'SHA256:quiet',
            ${now}, ${now}::timestamptz + interval '1 hour', ${now})`);
  const template = put('LeaseTemplate', newId());
  await db.run(sql`insert into lease_template (id, name, system_id, entitlement_id, entitlements, prefix, default_seconds, longest_seconds, owner_id, made_at)
    values (${template}, 'quiet-template', ${systemId}, ${entitlementId}, '{role:quiet}', 'quiet_', 600, 600, ${priya.id}, ${now})`);
  await db.run(sql`insert into lease (id, template_id, system_id, identity_id, grant_ids, account, state, asked_at, ends_at, latest_at)
    values (${put('Lease', newId())}, ${template}, ${systemId}, ${lena.id}, array[${grant}::uuid], 'quiet_abcdefabcdef', 'live', ${now},
            ${now}::timestamptz + interval '1 day', ${now}::timestamptz + interval '1 day')`);
  await db.run(sql`insert into gateway_password (id, identity_id, account_id, system_id, protocol, hash, connections, asked_at, ends_at)
    select ${put('GatewayPassword', newId())}, ${lena.id}, a.id, a.system_id, 'postgres', 'quiet hash'::bytea, 1, ${now}, ${now}::timestamptz + interval '1 hour'
      from account a order by a.id limit 1`);
  put('ChangeLimits', 'drift');
  await db.run(sql`insert into mass_change (id, kind, key, title, state, held_because, items, planned_at, planned_by)
    values (${put('MassChange', newId())}, 'drift', 'quiet', 'quiet title', 'held', '[{"code":"limit.delete","systemId":null,"count":1,"allowed":0,"detail":"quiet"}]', 1, ${now}, 'quiet')`);
  const event = await db.one<{ id: string }>(
    sql`select id from audit_event where subject_id = ${lena.id} and type = 'grant.started' limit 1`,
  );
  put('Event', event.id);
  return ids;
}
