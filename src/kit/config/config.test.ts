import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors/index.ts';
import { loadConfig, renderConfigurationReference } from './index.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'reeve-config-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});
const load = (env: Record<string, string>, cwd = folder()) => loadConfig({ env, cwd });
const refusal = (env: Record<string, string>, cwd?: string): AppError => {
  try {
    load(env, cwd);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('configuration', () => {
  it('is complete without being given any', () => {
    const { config } = load({});
    expect(config).toMatchObject({
      httpHost: '127.0.0.1',
      httpPort: 8470,
      sshPort: 3022,
      roles: ['api', 'worker', 'gateway'],
      logLevel: 'info',
    });
    expect(config.databaseUrl).toBeUndefined();
    expect(config.recordingsDir).toBe(join(config.dataDir, 'recordings'));
    expect(config.publicUrl).toBe('http://localhost:8470');
  });
  it('comes from the environment before the file, and from the file before the default', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'reeve.yaml'), 'http_port: 1111\nssh_port: 2222\nroles: [api]\n');
    const { config, shown } = load({ REEVE_HTTP_PORT: '3333' }, cwd);
    expect(config).toMatchObject({ httpPort: 3333, sshPort: 2222, roles: ['api'], publicUrl: 'http://localhost:3333' });
    expect(shown.find((s) => s.key === 'http_port')).toEqual({
      key: 'http_port',
      value: '3333',
      source: 'environment',
    });
    expect(shown.find((s) => s.key === 'ssh_port')?.source).toBe('file');
    expect(shown.find((s) => s.key === 'log_level')?.source).toBe('default');
  });
  it('may be a JSON file named by REEVE_CONFIG', () => {
    const file = join(folder(), 'my.json');
    writeFileSync(file, '{"worker_concurrency": 5}');
    expect(load({ REEVE_CONFIG: file }).config.workerConcurrency).toBe(5);
  });
  it('takes DATABASE_URL for database_url, and REEVE_DATABASE_URL before it', () => {
    expect(load({ DATABASE_URL: 'postgres://a/b' }).config.databaseUrl).toBe('postgres://a/b');
    expect(load({ DATABASE_URL: 'postgres://a/b', REEVE_DATABASE_URL: 'postgres://c/d' }).config.databaseUrl).toBe(
      'postgres://c/d',
    );
  });
});

describe('a mistake', () => {
  it('in a name is refused with the nearest name there is, in the environment and in the file', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'reeve.yaml'), 'htp_port: 1\n');
    const error = refusal({ REEVE_LOG_LEVL: 'info' }, cwd);
    expect(error.code).toBe('config.invalid');
    expect(error.errors).toHaveLength(2);
    expect(error.message).toContain('REEVE_LOG_LEVL (did you mean REEVE_LOG_LEVEL?)');
    expect(error.message).toContain('htp_port (did you mean http_port?)');
  });
  it.each([
    ['REEVE_HTTP_PORT', '99999'],
    ['REEVE_HTTP_PORT', 'ten'],
    ['REEVE_ROLES', 'api,boss'],
    ['REEVE_LOG_LEVEL', 'loud'],
    ['REEVE_PUBLIC_URL', 'localhost'],
    ['REEVE_MAIL_FROM', 'nobody'],
  ])('in the value of %s is refused, and the value is named: %s', (name, value) => {
    expect(refusal({ [name]: value }).message).toContain(`${name} "${value}" is not usable`);
  });
  it('in a secret is refused without the secret', () => {
    const error = refusal({ REEVE_SMTP_URL: 'hunter2' });
    expect(error.message).toContain('REEVE_SMTP_URL is not usable');
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });
  it('in the form of the file is refused with its line and without its content', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'reeve.yaml'), 'ssh_port: 1\nsmtp_url: "hunter2\n');
    expect(refusal({}, cwd).message).toMatch(/cannot be read/);
    expect(inspect(refusal({}, cwd), { depth: 9 })).not.toContain('hunter2');
  });
});

describe('a secret', () => {
  it('is not printed with the configuration', () => {
    const { config, shown } = load({ REEVE_DATABASE_URL: 'postgres://u:hunter2@h/d' });
    expect(config.databaseUrl).toContain('hunter2');
    expect(inspect(config) + JSON.stringify(config) + JSON.stringify(shown)).not.toContain('hunter2');
    expect(JSON.stringify(config)).toContain('8470');
  });
  it('in a file others may read is refused', () => {
    const cwd = folder();
    const file = join(cwd, 'reeve.yaml');
    writeFileSync(file, 'smtp_url: smtp://u:p@h\n', { mode: 0o644 });
    expect(refusal({}, cwd).message).toContain('chmod 600');
    chmodSync(file, 0o600);
    expect(load({}, cwd).config.smtpUrl).toBe('smtp://u:p@h');
  });
});

it('the reference says what is declared', () => {
  expect(readFileSync('docs/reference/configuration.md', 'utf8')).toBe(renderConfigurationReference());
});
