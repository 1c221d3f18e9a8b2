import { generateCompany, makeBadFeeds } from '#test/fixtures/company/index.ts';
import type { Lab } from '../index.ts';
import type { Reeve } from '../reeve/start-reeve.ts';
import { readAudit, verifyCopy } from './audit-steps.ts';
import { enrolActor, invite, onTarget, certifyKey, until, type Actor } from './cast.ts';
import { connectTargets, describeAccess, type Connected } from './estate-steps.ts';
import type { Tell } from './tell.ts';

/** What the story is played with: a running Reeve and a running lab. */
export interface StoryParts {
  readonly reeve: Reeve;
  readonly lab: Lab;
  readonly tell: Tell;
  /** Hands that do a step otherwise than by the API: a browser, for instance. */
  readonly hands?: Partial<Hands> | undefined;
  /** Today as the company's papers have it; ISO day. */
  readonly today: string;
}

/** The steps that people do in the console. */
export interface Hands {
  enrolFirst(url: string, token: string): Promise<Actor>;
  approve(actor: Actor, request: { readonly id: string; readonly number: string }): Promise<void>;
  /** Decides to revoke an item and signs; resolves with the instant just before signing, of `performance.now()`. */
  revoke(actor: Actor, campaignId: string, itemId: string): Promise<number>;
}

const byApi: Hands = {
  enrolFirst: (url, token) => enrolActor(url, token, 'first-administrator', 'First Administrator'),
  approve: async (actor, request) => {
    await actor.post(`/v1/requests/${request.id}/approve`, { comment: 'seen and agreed' });
  },
  revoke: async (actor, campaignId, itemId) => {
    await actor.post(`/v1/items/${itemId}/decide`, { decision: 'revoke', comment: 'the incident is over' });
    const signed = performance.now();
    await actor.post(`/v1/campaigns/${campaignId}/sign`);
    return signed;
  },
};

/** What the story leaves behind, for the console, for tests to look at, and for whoever goes on. */
export interface StoryEnd {
  readonly administrator: Actor;
  readonly dana: Actor;
  readonly lena: Actor;
  readonly tomas: Actor;
  readonly priya: Actor;
  readonly connected: Connected;
  readonly requestId: string;
  readonly grantId: string;
  readonly campaignId: string;
  readonly itemId: string;
  readonly sessionId: string;
  /** Milliseconds from the signed revocation until the ssh client was gone, as the client's side saw it. */
  readonly revokedToClientGoneMs: number;
  readonly item: {
    readonly state: string;
    readonly proven: boolean;
    readonly effectMs: number;
    readonly sessionsEndedMs: number;
  };
  /** Every password, code secret and private key of the story: none may be found anywhere. */
  readonly secrets: readonly string[];
}

interface Page<T> {
  readonly items: readonly T[];
}
interface Named {
  readonly id: string;
  readonly username?: string;
  readonly displayName?: string;
}

/** Plays the whole story through the API and real clients; throws where a step does not come true. */
export async function runStory(parts: StoryParts): Promise<StoryEnd> {
  const { reeve, lab, tell } = parts;
  const hands: Hands = { ...byApi, ...parts.hands };
  const company = generateCompany({ today: parts.today });
  const web1 = lab.hosts.get('web1');

  const administrator = await tell.step(
    'The first administrator enrols through the one-time link printed at start',
    async (say) => {
      const actor = await hands.enrolFirst(reeve.url, reeve.firstToken());
      say('with a way to sign in of their own choice; there was no default password');
      return actor;
    },
  );
  const as = administrator;

  await tell.step('People come from the HR feed, and a bad feed changes nothing', async (say) => {
    await as.put('/v1/sources/hr', { timeZone: 'Europe/Berlin' });
    const run = await feed(as, company.feed);
    say(`${run.rows} rows: ${run.state}`);
    for (const name of ['truncated', 'login-page']) {
      const bad = [...makeBadFeeds(company.feed)].find(([n]) => n.includes(name))?.[1];
      if (bad === undefined) continue;
      const refused = await feed(as, bad.content.toString('utf8'));
      if (refused.state !== 'refused') throw new Error(`the ${name} feed was ${refused.state}`);
      say(`a ${name} feed: ${refused.state}: ${refused.problems[0]?.detail ?? refused.problems[0]?.message ?? ''}`);
    }
  });

  const people = await tell.step('Who runs Reeve is appointed, and people get their first way in', async (say) => {
    const ids = new Map<string, string>();
    for (const username of ['dana', 'lena', 'tomas', 'priya', 'joaquin', 'ines', 'mikael']) {
      const found = await as.get<Page<Named>>(`/v1/identities?search=${username}`);
      const person = found.items.find((i) => i.username === username);
      if (person === undefined) throw new Error(`${username} did not come with the feed`);
      ids.set(username, person.id);
    }
    const id = (username: string): string => ids.get(username) ?? '';
    const roles = await as.get<Page<{ id: string; nativeId: string }>>('/v1/entitlements?system=reeve&limit=50');
    for (const [username, role] of [
      ['dana', 'administrator'],
      ['joaquin', 'security_officer'],
      ['ines', 'auditor'],
    ] as const) {
      const entitlementId = roles.items.find((r) => r.nativeId === role)?.id;
      await as.post('/v1/grants', { identity: username, entitlementId, because: 'appointed at the start' });
      say(`${username}: ${role}`);
    }
    const [dana, lena, tomas, priya] = await Promise.all(
      ['dana', 'lena', 'tomas', 'priya'].map((name) => invite(reeve.url, as, id(name), name)),
    );
    if (dana === undefined || lena === undefined || tomas === undefined || priya === undefined)
      throw new Error('somebody is missing');
    return { id, dana, lena, tomas, priya };
  });
  const { dana, lena, tomas, priya } = people;

  const connected = await tell.step('Five Linux hosts and a PostgreSQL server are connected and read', (say) =>
    connectTargets(as, lab, people.id, say),
  );

  await tell.step('What was found: who is privileged, and why', async (say) => {
    const found = await as.get<
      Page<{ systemName: string; accountName: string; kind: string; reason: string; evidence: string }>
    >('/v1/findings?limit=500&kind=privileged');
    say(`${found.items.length} reasons why accounts are privileged, for instance:`);
    for (const account of ['sysmaint', 'svc-deploy', 'svc_shop', 'ruben']) {
      const finding = found.items.find((f) => f.accountName === account);
      if (finding !== undefined)
        say(`${finding.accountName}@${finding.systemName}: ${finding.reason} (${finding.evidence})`);
    }
    const orphans = await as.get<Page<{ accountName: string; systemName: string }>>(
      '/v1/findings?limit=500&kind=orphan',
    );
    say(`${orphans.items.length} accounts belong to nobody known`);
  });

  await tell.step(
    'The vault takes over an over-privileged service account: new credential in, old one dead',
    async (say) => {
      await rotate(as, connected.systemId('web1'), 'svc-deploy');
      say('taken over: a password nobody has seen, proved by logging in on web1');
      await rotate(as, connected.systemId('web1'), 'svc-deploy');
      say('rotated again: the new one logs in, the one before is refused; that is what done means');
    },
  );

  await tell.step('Lena tries to get in without access', async (say) => {
    const key = await certifyKey(lena, { port: reeve.sshPort });
    const refused = await key.run('lena@web1', ['id']);
    if (refused.code === 0) throw new Error('she was let in');
    say(`ssh lena@web1 → ${(refused.err || refused.out).trim().split('\n').at(-1) ?? ''}`);
    key.forget();
  });

  const request = await tell.step('She asks for sudo on web1 for two hours; two people decide', async (say) => {
    await describeAccess(as, connected, people.id);
    const asked = { what: 'web1:sudo:ALL', for: '2h' };
    const preview = await lena.post<{ lines: { verdict: string }[]; steps: { approvers: { name: string }[] }[] }>(
      '/v1/requests/preview',
      asked,
    );
    say(
      `verdict before she submits: ${preview.lines[0]?.verdict}; to decide: ${preview.steps.map((s) => s.approvers.map((a) => a.name).join(' or ')).join(', then ')}`,
    );
    const { request: made } = await lena.post<{ request: { id: string; number: string } }>('/v1/requests', {
      ...asked,
      reason: 'INC-4812 checkout is slow',
    });
    const own = await lena.post(`/v1/requests/${made.id}/approve`).then(
      () => 'approved',
      (e: Error) => e.message,
    );
    say(`${made.number}; she tries to approve it herself: ${own}`);
    await hands.approve(tomas, made);
    say('approved by Tomáš, her manager');
    await hands.approve(priya, made);
    const done = await lena.get<{ state: string; lines: { grant: { id: string; validTo: string } }[] }>(
      `/v1/requests/${made.id}`,
    );
    const grant = done.lines[0]?.grant;
    if (grant === undefined) throw new Error('no grant came of it');
    say(`approved by Priya, who owns web1: ${done.state}, until ${grant.validTo}`);
    return { id: made.id, grantId: grant.id };
  });

  await tell.step('The target is made to agree, and read back', async (say) => {
    await until(
      () => as.get<Page<{ state: string }>>(`/v1/provisioning?grantId=${request.grantId}`),
      (a) => a.items.length > 0 && a.items.every((t) => t.state === 'done'),
      'provisioning',
    );
    say(`web1 itself says: ${(await onTarget(web1, 'getent passwd lena')).trim()}`);
    say(`and: ${(await onTarget(web1, 'cat /etc/sudoers.d/reeve-lena')).trim()}`);
    await until(
      () => as.get<Page<{ state: string; accountName: string }>>('/v1/rotations?limit=50'),
      (a) => a.items.some((r) => r.accountName === 'lena' && r.state === 'done'),
      'her credential',
    );
    say('its credential is in the vault, proved by logging in; she will never see it');
  });

  const session = await tell.step('She works on web1 with plain ssh, through the gateway, recorded', async (say) => {
    const ssh = await certifyKey(lena, { port: reeve.sshPort });
    const ran = await ssh.run('lena@web1', ['sudo', '-n', 'id']);
    if (ran.code !== 0) throw new Error(`ssh failed: ${ran.err}`);
    say(`ssh -p ${reeve.sshPort} -l lena@web1 127.0.0.1 sudo id → ${ran.out.trim()}`);
    const live = ssh.start('lena@web1', [], { tty: true });
    live.process.stdin?.write('hostname; sudo -n tail -1 /etc/shadow | cut -c1-12\n');
    const seen = await until(
      () => as.get<Page<{ id: string; identityName: string }>>('/v1/sessions?state=live'),
      (a) => a.items.length === 1,
      'a live session',
    );
    await until(
      async () => live.output(),
      (text) => text.includes('Reeve: recorded') && text.includes('web1'),
      'output in her terminal',
    );
    say(`live now: session ${seen.items[0]?.id} of ${seen.items[0]?.identityName}`);
    return { id: seen.items[0]?.id ?? '', live, ssh };
  });

  const campaign = await tell.step('Dana certifies privileged access and sees what was done with it', async (say) => {
    const made = await dana.post<{ id: string }>('/v1/campaigns', {
      name: 'Privileged access on web1',
      scope: { systemId: connected.systemId('web1'), privileged: true, reviewerId: dana.identityId },
      reviewerRule: 'named',
      dueAt: new Date(Date.now() + 7 * 86_400_000).toISOString(),
    });
    await dana.post(`/v1/campaigns/${made.id}/launch`);
    const items = await dana.get<
      Page<{
        id: string;
        grantId: string;
        what: string;
        evidence: { uses: number; sessions: { sessionId: string }[]; origin: string; reason: string };
      }>
    >(`/v1/campaigns/${made.id}/items`);
    const item = items.items.find((i) => i.grantId === request.grantId);
    if (item === undefined) throw new Error('her grant is not in the campaign');
    if (!item.evidence.sessions.some((s) => s.sessionId === session.id))
      throw new Error('the session is not among the evidence');
    say(
      `${item.what}: by ${item.evidence.origin} ("${item.evidence.reason}"), used ${item.evidence.uses} times, recording ${session.id} beside it`,
    );
    return { id: made.id, itemId: item.id };
  });

  const revoked = await tell.step(
    'She revokes: the live session ends, the access is gone, and the proof is kept',
    async (say) => {
      const signed = await hands.revoke(dana, campaign.id, campaign.itemId);
      const gone = await Promise.race([
        session.live.ended,
        new Promise<never>((_, fail) => setTimeout(() => fail(new Error('the session goes on')), 15_000)),
      ]);
      const ms = gone.at - signed;
      say(
        `signed → her terminal closed: ${ms.toFixed(0)} ms. It said: ${/Reeve: access ended[^\r\n]*/.exec(session.live.output())?.[0] ?? ''}`,
      );
      const item = await until(
        () => dana.get<StoryEnd['item']>(`/v1/items/${campaign.itemId}`),
        (i) => i.state === 'revoked',
        'the proof of the revocation',
      );
      say(`read back on web1: gone, proved ${item.effectMs} ms after the decision`);
      say(
        `web1 itself says: ${(await onTarget(web1, 'ls /etc/sudoers.d; passwd -S lena')).trim().replaceAll('\n', ' · ')}`,
      );
      session.ssh.forget();
      return { ms, item };
    },
  );

  await tell.step('The recording replays, and the audit log verifies offline', async (say) => {
    const cast = await dana.get<string>(`/v1/sessions/${session.id}/recording`);
    say(`${cast.split('\n').length} lines of asciicast; its digest is in the log`);
    await readAudit(dana, say);
    await verifyCopy(dana, say);
  });

  return {
    administrator,
    dana,
    lena,
    tomas,
    priya,
    connected,
    requestId: request.id,
    grantId: request.grantId,
    campaignId: campaign.id,
    itemId: campaign.itemId,
    sessionId: session.id,
    revokedToClientGoneMs: revoked.ms,
    item: revoked.item,
    secrets: [administrator, dana, lena, tomas, priya]
      .flatMap((a) => [a.password, a.totpSecret])
      .concat(secretsOf(lab)),
  };
}

interface FeedRun {
  readonly id: string;
  readonly state: string;
  readonly rows: number;
  readonly problems: readonly { readonly detail?: string; readonly message?: string }[];
}

/** Delivers a feed and waits until it is settled. */
async function feed(as: Actor, content: string): Promise<FeedRun> {
  const run = await as.post<FeedRun>('/v1/sources/hr/feeds', { content });
  return await until(
    () => as.get<FeedRun>(`/v1/runs/${run.id}`),
    (r) => r.state !== 'applying',
    'the feed',
  );
}

async function rotate(as: Actor, systemId: string, name: string): Promise<void> {
  const accounts = await as.get<Page<{ id: string; name: string }>>(`/v1/accounts?system=${systemId}&limit=200`);
  const account = accounts.items.find((a) => a.name === name);
  if (account === undefined) throw new Error(`${name} was not found`);
  const planned = await as.post<{ id: string }>(`/v1/accounts/${account.id}/rotate`, {
    because: 'taken over by the vault',
  });
  const settled = await until(
    () => as.get<Page<{ id: string; state: string; problem: string | null }>>(`/v1/rotations?accountId=${account.id}`),
    (a) => a.items.some((r) => r.id === planned.id && (r.state === 'done' || r.state === 'failed')),
    'the rotation',
  );
  const mine = settled.items.find((r) => r.id === planned.id);
  if (mine?.state !== 'done') throw new Error(`the rotation failed: ${mine?.problem}`);
}

const secretsOf = (lab: Lab): string[] =>
  ['web1', 'web2', 'db1', 'app1', 'bastion1'].flatMap((name) => {
    const host = lab.hosts.get(name);
    return [host.root.password, host.management.password, host.management.privateKey.split('\n')[3] ?? ''].filter(
      (s) => s.length > 8,
    );
  });
