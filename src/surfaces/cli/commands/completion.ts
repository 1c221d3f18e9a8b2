import type { Command } from 'commander';

/** `reeve completion bash|zsh|fish` prints a script; `reeve __complete WORDS…` answers it. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print the shell completion script')
    .action((shell: string) => {
      const script = SCRIPTS[shell];
      if (script === undefined) program.error('reeve: completion knows bash, zsh and fish');
      process.stdout.write(script);
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      process.stdout.write(`${complete(program, words).join('\n')}\n`);
    });
}

/** What may follow `words`; the last word is being typed. */
export function complete(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  let at = program;
  for (const word of words.slice(0, -1)) at = at.commands.find((c) => c.name() === word) ?? at;
  const candidates = typed.startsWith('-')
    ? at.options.flatMap((o) => (o.long ? [o.long] : []))
    : at.commands.map((c) => c.name()).filter((n) => !n.startsWith('__'));
  return candidates.filter((c) => c.startsWith(typed)).sort();
}

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_reeve() { COMPREPLY=( $(reeve __complete "\${COMP_WORDS[@]:1:COMP_CWORD}") ); }\ncomplete -o default -F _reeve reeve\n`,
  zsh: `#compdef reeve\n_reeve() { compadd -- $(reeve __complete "\${words[@]:1:$((CURRENT-1))}") }\ncompdef _reeve reeve\n`,
  fish: `complete -c reeve -f -a '(reeve __complete (commandline -opc)[2..-1] (commandline -ct))'\n`,
};
