import { runCrashes } from './crash/run-crashes.ts';
import { runKills } from './gateway/run-kills.ts';
import { runRevocations } from './gateway/run-revocations.ts';
import { tellEndings } from './gateway/tell-endings.ts';
import { fuzzInThread } from '../fuzz/fuzz-in-thread.ts';
import { parsers } from '../fuzz/parsers/index.ts';
import { runImports } from './import/run-imports.ts';
import { runReviews } from './review/run-reviews.ts';
import { runRotationChaos } from './rotation/run-rotation-chaos.ts';

/**
 * `npm run chaos -- crash [--rounds 50] [--seed N]`: kills Reeve at random moments of the story and checks what is
 * left. `npm run chaos -- import [--people 1000000] [--kills 8] [--seed N]`: kills it while it imports people, and
 * compares with an import nobody disturbed. `npm run chaos -- review [--rounds 20] [--seed N]`: kills it while it freezes a
 * campaign, while reviewers decide and sign, and while it closes. `npm run chaos -- rotation [--rotations 10000]
 * [--accounts 12] [--seed N]`: kills it, and cuts the power of its targets, while it rotates credentials; then each of
 * them logs in. `npm run chaos -- fuzz --parser NAME [--inputs 10000000] [--seed N] [--seconds T]`: what strangers write, for
 * one reader of it (`all`: each in turn; without a name: which there are). `npm run chaos -- gateway [--rounds 30] [--sessions 10] [--seconds T] [--seed N]`: kills one of two gateway processes while sessions of every
 * protocol write on both. `npm run chaos -- revoke [--endings 120] [--seed N]`: locks and revokes while the process with
 * API and jobs is killed all the time. A failure prints the seed that repeats it.
 */
const [what, ...options] = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = options.indexOf(`--${name}`);
  const given = at < 0 ? otherwise : Number(options[at + 1]);
  if (!Number.isSafeInteger(given) || given < 0) throw new Error(`--${name} takes a whole number`);
  return given;
};

const seed = option('seed', Math.floor(Date.now() / 1000) % 1_000_000);
const say = (line: string): void => console.log(line);

const ATTACKS: Readonly<Record<string, () => Promise<string>>> = {
  fuzz: async () => {
    const name = options[options.indexOf('--parser') + 1];
    const chosen = parsers.filter((one) => options.includes('--parser') && (name === 'all' || one.name === name));
    if (chosen.length === 0)
      throw new Error(`name one with --parser:\n${parsers.map((one) => `${one.name}: ${one.reads}`).join('\n')}`);
    const seconds = option('seconds', 0);
    const run = { inputs: option('inputs', 10_000_000), seed, ...(seconds === 0 ? {} : { seconds }) };
    const came: string[] = [];
    for (const { name: parser } of chosen) {
      const words = await fuzzInThread(parser, run, say);
      say(words);
      came.push(words);
    }
    return `${came.length} of ${parsers.length} readers, seed ${seed}`;
  },
  crash: async () => {
    const rounds = option('rounds', 50);
    say(`kill -9 of Reeve, ${rounds} times, seed ${seed}`);
    const rows = await runCrashes({ rounds, seed, say });
    const most = (of: (row: (typeof rows)[number]) => number): number => Math.max(...rows.map(of));
    return `${rows.length} crashes; slowest start ${most((r) => r.upAgainMs)} ms, slowest agreement ${most((r) => r.agreedMs)} ms, most lost of a recording ${most((r) => r.lostMs)} ms`;
  },
  gateway: async () => {
    const [rounds, sessions] = [option('rounds', 30), option('sessions', 10)];
    say(`kill -9 of a gateway, ${rounds} times, seed ${seed}`);
    const seconds = option('seconds', 0);
    const rows = await runKills({ rounds, seed, sessions, say, ...(seconds === 0 ? {} : { seconds }) });
    const most = (of: (row: (typeof rows)[number]) => number): number => Math.max(...rows.map(of));
    const all = rows.reduce((n, row) => n + row.sessions, 0);
    return `${rows.length} kills of ${all} sessions; every recording opens and verifies, the most lost ${most((r) => r.lostMs)} ms, ends at most ${most((r) => r.endsMs)} ms before the kill, the slowest closed in ${most((r) => r.closedMs)} ms; clients at most ${most((r) => r.lateMs)} ms late`;
  },
  revoke: async () => {
    const endings = option('endings', 120);
    say(`lock and revoke while the API is killed, until ${endings} sessions ended, seed ${seed}`);
    const { rows, apiKills } = await runRevocations({ endings, seed, visitors: 4, say });
    const { slowest, p99Ms } = tellEndings(rows, say);
    if (!(p99Ms < 1_000)) throw new Error(`p99 of ${slowest} is ${p99Ms} ms, and is to be under a second`);
    const all = rows.reduce((n, { tookMs }) => n + tookMs.length, 0);
    return `${all} endings over ${apiKills} kills of the API, the slowest p99 ${p99Ms} ms (${slowest})`;
  },
  import: async () => {
    const [people, kills] = [option('people', 1_000_000), option('kills', 8)];
    say(`kill -9 of Reeve while it imports ${people} people, ${kills} times, seed ${seed}`);
    const { kills: done, lines } = await runImports({ people, kills, seed, say });
    return `killed ${done} times, ${lines} lines of people, records and counts are the same byte for byte`;
  },
  review: async () => {
    const rounds = option('rounds', 20);
    say(`kill -9 of campaigns, ${rounds} times over, seed ${seed}`);
    const rows = await runReviews({ rounds, seed, say });
    const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((n, row) => n + of(row), 0);
    return `killed ${sum((r) => r.killed.length)} times over ${sum((r) => r.items)} items; ${sum((r) => r.answered)} answered decisions stand, none twice`;
  },
  rotation: async () => {
    const rotations = option('rotations', 10_000);
    say(`kill -9 of Reeve and of its targets over ${rotations} rotations, seed ${seed}`);
    const came = await runRotationChaos({
      rotations,
      seed,
      say,
      kinds: ['postgres', 'linux', 'ldap', 'mariadb', 'ad'],
      accounts: option('accounts', 12),
      lives: [50, 2_000],
    });
    const states = Object.entries(came.killedIn).map(([state, n]) => `${state} ${n}`);
    return `${came.done} done, ${came.failed} failed and reported, killed ${came.kills} times (${states.join(', ')}), ${came.outages} outages; all ${came.credentials} credentials log in; ${(came.rotations / came.seconds).toFixed(1)} rotations a second`;
  },
};

const attack = ATTACKS[what ?? ''];
if (attack === undefined) {
  console.error(
    'usage: npm run chaos -- crash [--rounds 50] | gateway [--rounds 30] [--seconds T] | revoke [--endings 120] | import [--people 1000000] [--kills 8] | review [--rounds 20] | fuzz --parser NAME [--inputs 10000000] [--seconds T] | rotation [--rotations 10000] [--accounts 12], [--seed N]',
  );
  process.exitCode = 2;
} else {
  try {
    say(`passed: ${await attack()}`);
  } catch (error) {
    console.error(`failed with seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
