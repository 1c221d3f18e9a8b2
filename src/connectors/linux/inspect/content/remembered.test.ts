/** A look that goes by what the last one remembered finds what a look at everything finds, whatever was changed in between. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Inspection, Target } from '#connectors/port.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { linuxConnector } from '../../index.ts';

const places = ['a', 'b', 'c'].map((folder) => `/srv/w/${folder}`);

let hosts: LabHosts | undefined;
let host: LabHost | undefined;
beforeAll(async () => {
  hosts = await startHosts({
    plans: [
      {
        name: 'web1',
        purpose: 'looked at again',
        users: [
          { name: 'ana', fullName: 'ana', password: 'set' },
          { name: 'bo', fullName: 'bo' },
        ],
      },
    ],
  });
  const found = hosts.hosts.get('web1');
  host = found?.isolated === true ? found : undefined;
  const keys = [makeSshKey('one'), makeSshKey('two')];
  await host?.exec(
    `mkdir -p ${places.join(' ')} /var/spool/keys; ${keys.map((key, at) => `cat >/var/spool/keys/${at + 1} <<'KEY'\n${key.privateKey.trim()}\nKEY`).join('\n')}
    for f in ${places.flatMap((folder) => ['one', 'two', 'three'].map((name) => `${folder}/${name}`)).join(' ')}; do printf 'DB_PASSWORD=Odd-Word-1111\\n' >$f; done
    for n in $(seq 1 400); do printf 'the password policy, line %s\\n' $n >/srv/w/kept-$n; done; printf 'API_TOKEN=Odd-Word-0000\\n' >/srv/w/kept; date +%s >/srv/w/begun`,
  );
  // What changed just now is not remembered.
  await vi.waitFor(async () => {
    const age = await host?.exec('echo $(( $(date +%s) - $(cat /srv/w/begun) ))');
    if (Number(age?.stdout ?? 9) <= 3) throw new Error('what was made is too new to be remembered');
  }, 10_000);
});
afterAll(() => hosts?.stop());

async function look(memory: string | undefined): Promise<Inspection> {
  if (host === undefined || linuxConnector.inspect === undefined) throw new Error('no host');
  const target: Target = {
    systemId: 'web1',
    kind: 'linux',
    host: host.host,
    port: host.port,
    settings: {},
    pinned: [host.hostKeyFingerprint],
    credential: { kind: 'ssh_key', ...host.management },
  };
  return await linuxConnector.inspect(target, {
    seconds: 60,
    files: 4_000,
    bytes: 65_536,
    fingerprint: (value) => createHmac('sha256', 'test').update(value).digest('hex').slice(0, 16),
    logonsSince: new Date(Date.now() + 60_000),
    now: new Date(),
    ...(memory === undefined ? {} : { memory }),
  });
}

const place = fc.constantFrom(...places);
const file = fc.tuple(place, fc.constantFrom('one', 'two', 'three')).map(([folder, name]) => `${folder}/${name}`);
/** Values of one length, so that a size tells nothing. */
const value = fc.integer({ min: 1000, max: 9999 }).map((number) => `Odd-Word-${number}`);
const change = fc.oneof(
  fc.tuple(file, value).map(([path, word]) => `printf 'DB_PASSWORD=%s\\n' ${word} >${path}`),
  fc.tuple(file, value).map(([path, word]) => `printf 'NO_PLACE_OF=%s\\n' ${word} >${path}`),
  // The same size, and the time of the change put back: only the inode tells.
  fc
    .tuple(file, value)
    .map(
      ([path, word]) =>
        `[ -f ${path} ] && touch -r ${path} /srv/w/time && printf 'DB_PASSWORD=%s\\n' ${word} >${path} && touch -r /srv/w/time ${path}`,
    ),
  file.map((path) => `rm -f ${path}`),
  fc.tuple(file, file).map(([from, to]) => `[ -f ${from} ] && mv -f ${from} ${to}`),
  fc.tuple(file, file).map(([from, to]) => `[ -f ${from} ] && cp -p ${from} ${to}`),
  fc.tuple(place, place).map(([one, other]) => `mv ${one} /srv/w/t && mv ${other} ${one}; mv /srv/w/t ${other}`),
  // Out of sight, where no look goes, and back: nothing of what is in it changed.
  place.map((folder) => `mkdir -p /var/spool/away && mv ${folder} /var/spool/away/`),
  fc.constant('mv /var/spool/away/* /srv/w/'),
  fc.tuple(file, fc.constantFrom('600', '640', '644')).map(([path, mode]) => `chmod ${mode} ${path}`),
  file.map((path) => `chgrp ana ${path}`),
  fc.constantFrom('usermod -aG ana bo', 'gpasswd -d bo ana'),
  fc.tuple(file, fc.constantFrom('1', '2')).map(([path, which]) => `cp /var/spool/keys/${which} ${path}`),
  fc.constantFrom('echo ana:ana123 | chpasswd', 'echo ana:Rather-Long-And-Odd-91 | chpasswd'),
);

test('finds the same as a look at everything, over changes of every sort', { timeout: 60_000 }, async (context) => {
  if (host === undefined) return context.skip(hosts?.skipped.join('; ') ?? 'no host');
  const seed = Date.now() % 100_000;
  const [changes = []] = fc.sample(fc.array(change, { minLength: 30, maxLength: 30 }), { numRuns: 1, seed });
  const { memory } = await look(undefined);
  // The first of all: of the same size and time, which only the inode's own time tells.
  const sly = `touch -r /srv/w/kept /srv/w/time; printf 'API_TOKEN=Odd-Word-2222\\n' >/srv/w/kept; touch -r /srv/w/time /srv/w/kept`;
  await host.exec(`${sly}\n${changes.map((one) => `mkdir -p ${places.join(' ')}\n${one}`).join('\n')}\n:`);
  const begun = performance.now();
  const again = await look(memory);
  const between = performance.now();
  const whole = await look(undefined);
  console.log(
    `seed ${seed}: by memory ${Math.round(between - begun)} ms, ${again.spared} files spared; everything ${Math.round(performance.now() - between)} ms`,
  );
  expect({ ...again, memory: '', spared: 0 }).toEqual({ ...whole, memory: '', spared: 0 });
  expect(again.spared).toBeGreaterThan(400);
  expect(again.observations.some(({ about }) => about.startsWith('/srv/w/kept '))).toBe(true);
  expect(memory).not.toContain('Odd-Word');
});
