/** The parts of the port that are about credentials that are made by a service, or stand in places on a target. */
import type { ZodType } from 'zod';
import type { Credential, Target } from './target.ts';

/** Makes API keys for accounts and takes them back, for services that make them themselves. */
export interface ApiKeyIssuer {
  /** A new key, which the service will know by that label. Not safe to repeat: two calls are two keys. */
  issue(target: Target, account: string, label: string): Promise<string>;
  /** Takes back every key of the account with that label. */
  revokeLabelled(target: Target, account: string, label: string): Promise<void>;
}

/** Places on a target that hold a credential of another system: a line of a file, say. */
export interface DependantPlaces {
  /** Checks a place; unknown keys are refused. */
  readonly place: ZodType<Record<string, unknown>>;
  /** Puts the value of a credential there, and has what uses it take it up. Safe to repeat. */
  put(target: Target, place: Readonly<Record<string, unknown>>, value: Credential): Promise<void>;
  /** Whether it is there, and whatever uses it is up. */
  check(target: Target, place: Readonly<Record<string, unknown>>, value: Credential): Promise<boolean>;
}
