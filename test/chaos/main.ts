import { runCrashes } from './crash/run-crashes.ts';

/**
 * `npm run chaos -- crash [--rounds 50] [--seed N]`: kills Reeve at random moments of the story and checks what is
 * left. A failure prints the seed that repeats it.
 */
const [what, ...options] = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = options.indexOf(`--${name}`);
  const given = at < 0 ? otherwise : Number(options[at + 1]);
  if (!Number.isSafeInteger(given) || given < 0) throw new Error(`--${name} takes a whole number`);
  return given;
};

if (what !== 'crash') {
  console.error('usage: npm run chaos -- crash [--rounds 50] [--seed N]');
  process.exitCode = 2;
} else {
  const rounds = option('rounds', 50);
  const seed = option('seed', Math.floor(Date.now() / 1000) % 1_000_000);
  console.log(`kill -9 of Reeve, ${rounds} times, seed ${seed}`);
  try {
    const rows = await runCrashes({ rounds, seed, say: (line) => console.log(line) });
    const most = (of: (row: (typeof rows)[number]) => number): number => Math.max(...rows.map(of));
    console.log(
      `passed: ${rows.length} crashes; slowest start ${most((r) => r.upAgainMs)} ms, slowest agreement ${most((r) => r.agreedMs)} ms, most lost of a recording ${most((r) => r.lostMs)} ms`,
    );
  } catch (error) {
    console.error(`failed with seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
