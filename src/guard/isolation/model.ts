/** What isolation of a system is. Pure. */
import { isAddress, networkMeant, type Exemption, type IsolationCheck } from '#connectors/port.ts';
import { invalid } from '#kit/errors/index.ts';

export const proofStates = ['proved', 'failed', 'unknown'] as const;
export type ProofState = (typeof proofStates)[number];

/** What came of trying to reach a system from elsewhere than a gateway. */
export interface TriedElsewhere {
  readonly outcome: IsolationCheck['outcome'];
  readonly evidence: string;
  /** ISO instant. */
  readonly at: string;
}

export interface Isolation {
  readonly systemId: string;
  /** As said; empty: the known addresses of gateways. */
  readonly gateways: readonly string[];
  /** `account@address`. */
  readonly exemptions: readonly string[];
  readonly everySeconds: number;
  readonly setAt: Date;
  readonly proofState: ProofState | null;
  readonly proof: readonly IsolationCheck[];
  readonly proofAskedAt: Date | null;
  readonly proofAt: Date | null;
  readonly provedAt: Date | null;
  readonly elsewhere: TriedElsewhere | null;
}

/** How often log-ons are looked for where nobody said. */
export const EVERY_SECONDS = 20;

/** An exemption as people write it. The account is what stands before the last `@`; an account may hold one itself. */
export function parseExemption(text: string, pointer: string): Exemption {
  const at = text.lastIndexOf('@');
  const [account, address] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || /[\s\p{Cc}\p{Cf}]/u.test(account))
    throw invalid(
      pointer,
      `${text} names no account and where it comes from`,
      'write it as account@192.0.2.7, *@192.0.2.0/28 or account@local',
    );
  if (address !== 'local' && !isAddress(address))
    throw invalid(
      pointer,
      `${address} is no address`,
      'write an IP address, a network such as 192.0.2.0/28, or local; a name is resolved by whoever answers for it',
    );
  return { account, address };
}

/** Throws for an address within a network that is written as if it were the network: not every target takes it for that. */
export function checkNetwork(address: string, pointer: string): void {
  const meant = networkMeant(address);
  if (meant !== undefined)
    throw invalid(
      pointer,
      `${address} is an address within a network and no network`,
      `write ${meant} for the network, or ${address.split('/')[0] ?? ''} for the address alone`,
    );
}

/** Throws where one is no address, or admits everybody. */
export function checkGateway(address: string, pointer: string): void {
  if (!isAddress(address))
    throw invalid(pointer, `${address} is no address`, 'write an IP address, or a network such as 192.0.2.0/28');
  checkNetwork(address, pointer);
  const bits = Number(address.split('/')[1] ?? '32');
  if (bits < 8) throw invalid(pointer, `${address} is nearly everybody`, 'name the addresses that gateways come from');
}

/** All that was found, with what was tried from elsewhere; nothing is proved by what could not be looked at. */
export const stateOf = (checks: readonly IsolationCheck[]): ProofState =>
  checks.some(({ outcome }) => outcome === 'failed')
    ? 'failed'
    : checks.length > 0 && checks.every(({ outcome }) => outcome === 'passed')
      ? 'proved'
      : 'unknown';

/** What was tried from elsewhere, as one check beside the others. */
export const withElsewhere = (
  checks: readonly IsolationCheck[],
  tried: TriedElsewhere | null,
): readonly IsolationCheck[] =>
  tried === null
    ? checks
    : [...checks, { name: 'network', outcome: tried.outcome, evidence: `${tried.evidence} (${tried.at})` }];
