import { generateCompany } from '#test/fixtures/company/index.ts';
import { verifyCopy } from './audit-steps.ts';
import { enrolActor, invite, until, type Actor } from './cast.ts';
import { connectTargets } from './estate-steps.ts';
import type { StoryParts } from './story.ts';

interface Page<T> {
  readonly items: readonly T[];
}

/**
 * The story as an ordinary user can play it: hosts with accounts of their own need root, so access is asked for,
 * approved, given, reviewed and taken away on a PostgreSQL server, and nobody connects through the SSH gateway.
 */
export async function runStoryWithoutHosts(parts: StoryParts): Promise<{ readonly administrator: Actor }> {
  const { reeve, lab, tell } = parts;
  const company = generateCompany({ today: parts.today });

  const as = await tell.step(
    'The first administrator enrols through the one-time link printed at start',
    async (say) => {
      say('there was no default password');
      return await enrolActor(reeve.url, reeve.firstToken(), 'first-administrator', 'First Administrator');
    },
  );
  await tell.step('People come from the HR feed', async (say) => {
    await as.put('/v1/sources/hr', { timeZone: 'Europe/Berlin' });
    const run = await as.post<{ id: string }>('/v1/sources/hr/feeds', { content: company.feed });
    const done = await until(
      () => as.get<{ state: string; rows: number }>(`/v1/runs/${run.id}`),
      (r) => r.state === 'applied',
      'the feed',
    );
    say(`${done.rows} rows: ${done.state}`);
  });
  const idOf = new Map<string, string>();
  for (const username of ['tomas', 'priya', 'mikael']) {
    const found = await as.get<Page<{ id: string; username: string }>>(`/v1/identities?search=${username}`);
    idOf.set(username, found.items.find((i) => i.username === username)?.id ?? '');
  }
  const id = (username: string): string => idOf.get(username) ?? '';

  const connected = await tell.step('A PostgreSQL server is connected and read', (say) =>
    connectTargets(as, lab, id, say),
  );
  const orders = connected.systemId('orders');
  await tell.step('Tomáš asks for shop_write on orders for an hour; those who must, decide', async (say) => {
    const found = await as.get<Page<{ id: string; nativeId: string }>>(`/v1/entitlements?system=${orders}&limit=200`);
    const role = found.items.find((e) => e.nativeId === 'role:shop_write');
    await as.post(`/v1/entitlements/${role?.id}/describe`, {
      description: 'Writes orders and customers',
      ownerId: id('mikael'),
      risk: 'high',
      requestable: true,
      maxSeconds: 8 * 3600,
    });
    const tomas = await invite(reeve.url, as, id('tomas'), 'tomas');
    const { request } = await tomas.post<{ request: { id: string; number: string } }>('/v1/requests', {
      what: 'orders:role:shop_write',
      for: '1h',
      reason: 'INC-4813 stuck orders',
    });
    for (;;) {
      const now = await as.get<{
        state: string;
        steps: { state: string; approvers: { id: string; name: string }[] }[];
      }>(`/v1/requests/${request.id}`);
      const approver = now.steps.find((s) => s.state === 'open')?.approvers[0];
      if (now.state !== 'pending' || approver === undefined) break;
      const actor = await invite(reeve.url, as, approver.id, approver.name);
      await actor.post(`/v1/requests/${request.id}/approve`, { comment: 'agreed' });
      say(`${request.number}: approved by ${approver.name}`);
    }
  });
  const grant = await tell.step('The server is made to agree, and read back', async (say) => {
    const tasks = await until(
      () => as.get<Page<{ grantId: string; state: string }>>('/v1/provisioning'),
      (a) => a.items.length > 0 && a.items.every((t) => t.state === 'done'),
      'provisioning',
    );
    say('he is a member of shop_write, as the server itself says');
    return tasks.items[0]?.grantId ?? '';
  });
  await tell.step('It is reviewed, revoked, and proved gone', async (say) => {
    const dueAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
    const campaign = await as.post<{ id: string }>('/v1/campaigns', {
      name: 'Access to orders',
      scope: { systemId: orders, reviewerId: as.identityId },
      reviewerRule: 'named',
      dueAt,
    });
    await as.post(`/v1/campaigns/${campaign.id}/launch`);
    const items = await as.get<Page<{ id: string; grantId: string }>>(`/v1/campaigns/${campaign.id}/items`);
    const item = items.items.find((i) => i.grantId === grant);
    await as.post(`/v1/items/${item?.id}/decide`, { decision: 'revoke', comment: 'done' });
    await as.post(`/v1/campaigns/${campaign.id}/sign`);
    const closed = await until(
      () => as.get<{ state: string; effectMs: number }>(`/v1/items/${item?.id}`),
      (i) => i.state === 'revoked',
      'the proof',
    );
    say(`read back: gone, proved ${closed.effectMs} ms after the decision`);
  });
  await tell.step('The audit log verifies offline', (say) => verifyCopy(as, say));
  return { administrator: as };
}
