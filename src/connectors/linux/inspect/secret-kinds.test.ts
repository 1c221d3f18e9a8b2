import { describe, expect, it } from 'vitest';
import { isSpecimen, prefilter, secretIn } from './secret-kinds.ts';

describe('secrets in files', () => {
  it.each([
    ['/etc/fstab', '//nas/x /mnt cifs username=u,password=B1rnb4um,uid=0 0 0', 'B1rnb4um'],
    ['/srv/wp-config.php', `define( 'DB_PASSWORD', 'Sn0wdrop77' );`, 'Sn0wdrop77'],
    ['/etc/ldap.conf', 'bindpw Erle_2024x', 'Erle_2024x'],
    ['/etc/redis.conf', 'requirepass Fichte77xx', 'Fichte77xx'],
    ['/opt/a.json', '{"user":"x","password": "hunter22xyz"}', 'hunter22xyz'],
    ['/opt/run.sh', 'curl -H "Authorization: Bearer abcdef1234567890abcdef" http://x', 'abcdef1234567890abcdef'],
    ['/opt/a.properties', 'spring.datasource.password=Kast4nie11', 'Kast4nie11'],
    ['/home/a/.pgpass', '*:*:*:postgres:Lind3nbaum', 'Lind3nbaum'],
    ['/home/a/.netrc', 'machine h login a password Kr0kus99', 'Kr0kus99'],
    ['/home/a/.bash_history', 'mysql -u shop -pSumm3rRain22 shop', 'Summ3rRain22'],
    ['/home/a/.bash_history', 'sshpass -p Sp4tz99 ssh root@web1', 'Sp4tz99'],
    ['/opt/x.ini', 'dsn = postgres://app:Wint3rgreen@db/x', 'Wint3rgreen'],
  ])('%s: %s', (path, line, value) => {
    expect(secretIn(path, line)?.value).toBe(value);
    expect(new RegExp(prefilter, 'iu').test(line)).toBe(true);
  });

  it.each([
    'password = ${APP_PASSWORD}',
    'password = <your password>',
    'password: ""',
    '# password = old-and-gone',
    'passwordFile: /run/secrets/x',
    'pass_through = yes',
    'token_file = /run/token',
    'password_min_length = 12',
    'authentication = password',
    'secret = {{ vault_secret }}',
    'password = os.environ["DB"]',
    'DB_PASSWORD=changeme',
    'password = $6$saltsalt$hash',
    'the password policy wants twelve characters',
  ])('is none: %s', (line) => {
    expect(secretIn('/etc/app.conf', line)).toBeUndefined();
  });

  it('a file that shows how one would look opens nothing', () => {
    expect(['/srv/.env.example', '/srv/config.sample.yml', '/srv/README.md'].every(isSpecimen)).toBe(true);
    expect(['/srv/.env', '/srv/config.yml', '/srv/example/config.yml'].some(isSpecimen)).toBe(false);
  });
});
