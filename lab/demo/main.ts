import { existsSync } from 'node:fs';
import { installNeeds, startLab } from '../index.ts';
import { startReeve } from '../reeve/start-reeve.ts';
import { runStory } from './story.ts';
import { runStoryWithoutHosts } from './story-without-hosts.ts';
import { tellOnScreen } from './tell.ts';
import { runStep } from '#tools/run-step.ts';

/**
 * `npm run demo`: installs what is missing when it can, starts Reeve and real targets, plays the story step by step,
 * then leaves everything running and says how to sign in and how to `ssh` through it. Ctrl-C ends it all.
 */
const tell = tellOnScreen();
const started = performance.now();

const { missing } = await installNeeds('demo', (line) => console.log(line));
for (const need of missing) console.log(`without ${need.package}: ${need.without} (${need.because})`);
if (!existsSync('dist/console/index.html')) {
  await runStep({
    name: 'build the console',
    command: ['node_modules/.bin/vite', 'build', '-c', 'console/vite.config.ts', '--logLevel', 'error'],
  });
}

const { lab, reeve } = await tell.step('Reeve and real targets start', async (say) => {
  const [startedLab, startedReeve] = await Promise.all([
    startLab({ mode: 'auto' }),
    startReeve({ ports: { http: 8470, ssh: 3022 } }),
  ]);
  for (const line of startedLab.skipped) say(`skipped: ${line}`);
  say(
    `${startedLab.hosts.hosts.size} Linux hosts, ${startedLab.postgres === undefined ? 'no' : 'a'} PostgreSQL server; Reeve on ${startedReeve.url} with its embedded PostgreSQL`,
  );
  return { lab: startedLab, reeve: startedReeve };
});

let stopping = false;
const stop = async (code: number): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await Promise.allSettled([reeve.stop(), lab.stop()]);
  process.exit(code);
};
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

const today = new Date().toISOString().slice(0, 10);
const whole = [...lab.hosts.hosts.values()].some((host) => host.isolated);

async function playInPart(): Promise<void> {
  const { administrator } = await runStoryWithoutHosts({ reeve, lab, tell, today });
  console.log(
    '\nThis was the part an ordinary user can play: as root the lab has five Linux hosts, and the story goes through the SSH gateway.\n',
  );
  console.log(`Sign in       ${reeve.url}   first-administrator   password ${administrator.password}`);
  console.log(`              one-time code: npx tsx lab/demo/code.ts ${administrator.totpSecret}`);
  console.log('\nEverything goes on running. Ctrl-C ends it.');
}

async function playWhole(): Promise<void> {
  const end = await runStory({ reeve, lab, tell, today });
  console.log(
    `\nThe whole story took ${((performance.now() - started) / 1000).toFixed(0)} s. Revoke to session end: ${end.revokedToClientGoneMs.toFixed(0)} ms.\n`,
  );
  console.log(`Sign in       ${reeve.url}`);
  for (const [actor, what] of [
    [end.dana, 'administrator and certifier'],
    [end.lena, 'asks for access'],
    [end.tomas, 'her manager, approves'],
  ] as const) {
    console.log(
      `              ${actor.username.padEnd(8)} password ${actor.password}   one-time code: npx tsx lab/demo/code.ts ${actor.totpSecret}   (${what})`,
    );
  }
  console.log(
    `Connect       ssh -p ${reeve.sshPort} -l lena@web1 127.0.0.1   (ask for access first; then agree to the login in the browser, by the code it shows)`,
  );
  console.log('Command line  bin/reeve login && bin/reeve --help');
  console.log('\nEverything goes on running. Ctrl-C ends it.');
}

try {
  await (whole ? playWhole() : playInPart());
  if (process.env['REEVE_DEMO_ONCE'] === '1') await stop(0);
} catch (error) {
  console.error(`\nThe story stopped: ${error instanceof Error ? error.message : String(error)}`);
  console.error(
    reeve
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
      .slice(-5)
      .join('\n'),
  );
  await stop(1);
}
