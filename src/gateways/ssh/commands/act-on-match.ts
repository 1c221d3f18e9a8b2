import type { CommandRule, Ticket } from '../../port.ts';
import { plain } from '../tell.ts';
import type { Verdict } from './typed-lines.ts';

/** What a match leads to, in the session it is of. */
export interface MatchEdges {
  /** Says a line to the person, where they look. */
  tell(sentence: string): void;
  end(reason: string, sentence: string): void;
  event(detail: string): void;
}

const shownOf = (command: string): string => plain(command.replaceAll(/\s+/gu, ' ')).slice(0, 2_000);

/**
 * What a rule asks for when a command matches it: it is told, waits for somebody to agree, or ends the session. Where
 * nobody can be asked it does not run.
 */
export function actOnMatch(
  ticket: Pick<Ticket, 'commandMatched'>,
  rule: CommandRule,
  command: string,
  edges: MatchEdges,
): Verdict | Promise<Verdict> {
  const shown = shownOf(command);
  const matched = ticket.commandMatched?.bind(ticket);
  edges.event(`${rule.does} by the rule ${rule.pattern}: ${shown}`);
  if (rule.does === 'alert') {
    void matched?.({ rule, command: shown }).catch(() => undefined);
    return 'go on';
  }
  if (rule.does === 'end') {
    void matched?.({ rule, command: shown }).catch(() => undefined);
    edges.end(
      'a command that ends a session',
      `Reeve: a rule for this account ends a session at "${rule.pattern}". The command was not run.`,
    );
    return 'end';
  }
  if (matched === undefined) {
    edges.tell('Reeve: this command needs somebody who agrees, and nobody can be asked. It was not run.');
    return 'drop';
  }
  edges.tell('Reeve: this command waits for somebody to agree to it. At a terminal, Ctrl-C gives it up.');
  return matched({ rule, command: shown }).then(
    ({ may, sentence }) => {
      edges.tell(`Reeve: ${sentence}`);
      return may ? 'go on' : 'drop';
    },
    () => {
      edges.tell('Reeve: nobody could be asked about this command. It was not run.');
      return 'drop';
    },
  );
}
