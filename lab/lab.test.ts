import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPANY_HOSTS } from '#test/fixtures/company/index.ts';
import { installNeeds, type Machine } from './install.ts';
import { startLab, type Lab } from './index.ts';

describe('the whole lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ ldap: true });
  });
  afterAll(() => lab.stop());

  it('is up with everything this machine can give, and names the rest', () => {
    expect(lab.startedInMs).toBeLessThan(15_000); // 2 s on two idle cores; tests share theirs
    expect(lab.mail).toBeDefined();
    const reached =
      lab.hosts.hosts.size === COMPANY_HOSTS.length && lab.postgres !== undefined && lab.ldap !== undefined;
    expect(reached).toBe(lab.skipped.length === 0);
  });

  it('listens on loopback only', () => {
    const addresses = [...lab.hosts.hosts.values(), lab.postgres, lab.mail, lab.ldap].flatMap((target) =>
      target === undefined ? [] : [target.host],
    );
    expect(addresses.filter((address) => !address.startsWith('127.'))).toEqual([]);
  });

  it('keeps mail and gives it to who waits for it', async () => {
    const mail = lab.mail;
    if (mail === undefined) throw new Error('no mail sink');
    const transport = createTransport({ host: mail.host, port: mail.port });
    const waiting = mail.waitFor((message) => message.to.includes('lena@larkspur.example'));
    await transport.sendMail({
      from: 'reeve@larkspur.example',
      to: 'lena@larkspur.example',
      subject: 'Příliš žluťoučký – an answer to your request that needs more than one line',
      text: 'Approved = yes.\nUntil: “15:00”',
    });
    expect(await waiting).toMatchObject({
      from: 'reeve@larkspur.example',
      subject: 'Příliš žluťoučký – an answer to your request that needs more than one line',
    });
    expect((await waiting).text.replaceAll('\r\n', '\n').trim()).toBe('Approved = yes.\nUntil: “15:00”');
    await expect(mail.waitFor((message) => message.to.includes('nobody@larkspur.example'), 50)).rejects.toThrow(
      '1 came: lena@larkspur.example',
    );
  });
});

describe('installing what is needed', () => {
  const machine = (over: Partial<Machine> & { present: string[]; ran?: string[] }): Machine => ({
    root: true,
    family: 'debian',
    exists: (path) => over.present.includes(path),
    keepQuiet: () => () => undefined,
    run: async (file, args) => {
      over.ran?.push([file, ...args].join(' '));
      if (args[0] === 'install') over.present.push('/usr/bin/sudo', '/usr/bin/openssl');
      return { code: 0, stdout: 'Candidate: 1\nCandidate: 2\n', stderr: '' };
    },
    ...over,
  });
  const most = (): string[] => ['/usr/sbin/sshd', '/usr/bin/ssh'];

  it('does nothing when everything is there', async () => {
    const ran: string[] = [];
    const report = await installNeeds(
      'demo',
      undefined,
      machine({ present: [...most(), '/usr/bin/sudo', '/usr/bin/openssl'], ran }),
    );
    expect({ report, ran }).toEqual({ report: { installed: [], missing: [] }, ran: [] });
  });

  it('installs only what is missing, without recommendations, and refreshes the lists only when a package is unknown', async () => {
    const ran: string[] = [];
    const report = await installNeeds('demo', undefined, machine({ present: most(), ran }));
    expect(report).toEqual({ installed: ['sudo', 'openssl'], missing: [] });
    expect(ran.filter((line) => line.includes('update'))).toEqual([]);
    expect(ran.at(-1)).toMatch(/^apt-get install -y --no-install-recommends .* sudo openssl$/);
  });

  it('without root names what is missing, what is left out for it and how to have it', async () => {
    const lines: string[] = [];
    const report = await installNeeds('demo', (line) => lines.push(line), machine({ present: most(), root: false }));
    expect(report.missing.map((each) => each.package)).toEqual(['sudo', 'openssl']);
    expect(lines[0]).toBe('MISSING sudo: not root; without it sudo rules on the hosts are read but never tried');
    expect(lines.at(-1)).toBe('to have everything: sudo apt-get install sudo openssl');
  });

  it('says what apt said when it fails', async () => {
    const broken = machine({
      present: most(),
      run: async () => ({ code: 100, stdout: '', stderr: 'E: no space left' }),
    });
    const report = await installNeeds('demo', undefined, broken);
    expect(report.missing[0]).toMatchObject({ package: 'sudo', because: 'E: no space left' });
  });
});
