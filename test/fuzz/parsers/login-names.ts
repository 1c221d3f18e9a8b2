import { parseLoginName as parseForPostgres } from '#gateways/database/index.ts';
import { parseLoginName } from '#gateways/ssh/login/parse-login-name.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';

const SEEDS = [
  'root@web1',
  'root%web1',
  'lena.k@db-prod.example',
  'svc_app$@web1',
  'DOMAIN+user@host',
  'root@web1@gateway',
  'root%40web1',
  '-oProxyCommand=id@web1',
  'r\u043eot@web1',
  'root@web1\u0000',
  '@',
  '%%',
  '..@web1',
  'lena@-x',
  'lena@web1;id',
  'le\u0301na@web1',
  `${'l'.repeat(250)}@web1`,
].map((name) => Buffer.from(name));
/** What a name that is accepted may consist of, said apart from the parsers. */
const SSH_NAME = /^[A-Za-z0-9_.$+-]+[@%][A-Za-z0-9_.-]+$/u;
const PG_NAME = /^[\x21-\x7e]+[@%][A-Za-z0-9_.-]+$/u;

const LETTERS = 'abcXYZ019_.$+-@%';

/** A name with letters of names in it: it is refused, if so, for where they stand. */
const misspelt = (random: Random): string => {
  const name = [...oneOf(random, SEEDS).toString('utf8')];
  for (let n = 1 + random(4); n > 0; n -= 1)
    name.splice(random(name.length + 1), random(3), LETTERS[random(LETTERS.length)] ?? '');
  return name.join('');
};

const typed = (random: Random): string => {
  if (random(2) === 0) return misspelt(random);
  const bytes = mangled(random, oneOf(random, SEEDS), SEEDS);
  return bytes.toString(random(3) === 0 ? 'latin1' : 'utf8');
};

/** A name is one account on one system, exactly as typed, or it is refused. */
export const loginNames: Parser = {
  name: 'login-names',
  reads: 'login names of both gateways',
  mostMs: 20,
  beyond: 20,
  one: (random) => {
    const name = typed(random);
    const read = parseLoginName(name);
    if (read.ok) {
      const { account, system } = read.name;
      must(SSH_NAME.test(name) && name.length <= 255, () => `${JSON.stringify(name)} was taken for a name`);
      must(`${account}${name[account.length]}${system}` === name, () => `${JSON.stringify(name)} was read otherwise`);
      must(!/^[-]|^\.\.?$/u.test(account) && !system.startsWith('-'), () => `${JSON.stringify(name)} may be an option`);
    } else must(read.problem.length > 0 && read.problem.length < 200, () => 'a refusal says why, in short');
    const also = parseForPostgres(name);
    if (also === undefined) return read.ok ? 'an account of ssh alone' : AT_ONCE;
    must(PG_NAME.test(name) && !/["'\\]/u.test(name), () => `${JSON.stringify(name)} was taken for a role`);
    must(
      `${also.account}${name[also.account.length]}${also.system}` === name,
      () => `${JSON.stringify(name)}: otherwise`,
    );
    return read.ok ? 'an account' : 'an account of databases alone';
  },
};
