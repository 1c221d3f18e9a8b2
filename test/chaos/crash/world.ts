import { generateCompany } from '#test/fixtures/company/index.ts';
import { enrolActor, invite, certifyKey, until } from '#lab/demo/cast.ts';
import { connectTargets, describeAccess } from '#lab/demo/estate-steps.ts';
import { startLab, type Lab, type LabHost } from '#lab/index.ts';
import type { Person } from '#lab/reeve/person.ts';
import type { SshUser } from '#lab/reeve/ssh-user.ts';
import { CrashingReeve, type Crash } from './crashing-reeve.ts';
import { stubborn } from './stubborn-person.ts';

/** The estate the story is played in, connected once: a Reeve process, a Linux host, the people. */
export interface World {
  readonly house: CrashingReeve;
  readonly lab: Lab;
  readonly web1: LabHost;
  /** The people of the story: their calls outlive a crash. */
  readonly administrator: Person;
  readonly dana: Person;
  readonly lena: Person;
  readonly tomas: Person;
  readonly priya: Person;
  /** The same people, for looking while the story waits. */
  readonly looking: Readonly<Record<'administrator' | 'dana' | 'lena', Person>>;
  readonly ssh: SshUser;
  readonly systemId: string;
  /** An account whose credential the vault holds. */
  readonly serviceAccountId: string;
  readonly feeds: readonly [string, string];
  stop(): Promise<void>;
}

interface Page<T> {
  readonly items: readonly T[];
}

/** Starts everything and brings it to where the story's rounds begin. */
export async function startWorld(afterCrash: (crash: Crash) => Promise<void>): Promise<World> {
  const today = new Date().toISOString().slice(0, 10);
  const company = generateCompany({ today });
  const [lab, house] = await Promise.all([
    startLab({ hosts: ['web1'], postgres: false, mail: false }),
    CrashingReeve.start(afterCrash),
  ]);
  const stop = async (): Promise<void> => {
    await house.stop();
    await lab.stop();
  };
  try {
    const { url, sshPort } = house.reeve;
    const first = await enrolActor(url, house.reeve.firstToken(), 'first-administrator', 'First Administrator');
    await first.put('/v1/sources/hr', { timeZone: 'Europe/Berlin' });
    const run = await first.post<{ id: string }>('/v1/sources/hr/feeds', { content: company.feed });
    await until(
      () => first.get<{ state: string }>(`/v1/runs/${run.id}`),
      (r) => r.state === 'applied',
      'the first feed',
      90_000,
    );
    const idOf = async (username: string): Promise<string> => {
      const found = await first.get<Page<{ id: string; username: string }>>(`/v1/identities?search=${username}`);
      const person = found.items.find((i) => i.username === username);
      if (person === undefined) throw new Error(`${username} did not come with the feed`);
      return person.id;
    };
    const ids = new Map<string, string>();
    for (const name of ['dana', 'lena', 'tomas', 'priya', 'mikael']) ids.set(name, await idOf(name));
    const id = (name: string): string => ids.get(name) ?? '';
    const roles = await first.get<Page<{ id: string; nativeId: string }>>('/v1/entitlements?system=reeve&limit=50');
    await first.post('/v1/grants', {
      identity: 'dana',
      entitlementId: roles.items.find((r) => r.nativeId === 'administrator')?.id,
      because: 'appointed',
    });
    const [dana, lena, tomas, priya] = await Promise.all([
      invite(url, first, id('dana'), 'dana'),
      invite(url, first, id('lena'), 'lena'),
      invite(url, first, id('tomas'), 'tomas'),
      invite(url, first, id('priya'), 'priya'),
    ]);
    const connected = await connectTargets(first, lab, id, () => undefined);
    await describeAccess(first, connected, id);
    const systemId = connected.systemId('web1');
    const accounts = await first.get<Page<{ id: string; name: string }>>(`/v1/accounts?system=${systemId}&limit=200`);
    const ssh = await certifyKey(lena, { port: sshPort });
    return {
      house,
      lab,
      web1: lab.hosts.get('web1'),
      administrator: stubborn(first, house),
      dana: stubborn(dana, house),
      lena: stubborn(lena, house),
      tomas: stubborn(tomas, house),
      priya: stubborn(priya, house),
      looking: { administrator: first, dana, lena },
      ssh,
      systemId,
      serviceAccountId: accounts.items.find((a) => a.name === 'svc-deploy')?.id ?? '',
      feeds: [company.files.get('people-tomorrow.csv') ?? '', company.feed],
      stop: async () => {
        ssh.forget();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
