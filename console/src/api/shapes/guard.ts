import type { Item, Out } from './of-contract.ts';

export type Session = Item<'sessions.list'>;
export type SessionDetail = Out<'sessions.show'>;
export type RecordingClass = Out<'recordings.keeping'>['classes'][number];
export type RecordingHold = Out<'recordings.keeping'>['holds'][number];
export type RecordingPurge = Out<'recordings.keeping'>['purges'][number];
export type FoundInSession = Item<'sessions.search'>;
export type Statement = Item<'sessions.statements'>;
export type Secret = Item<'vault.list'>;
export type SecretFolder = Item<'folders.list'>;
export type Rotation = Item<'rotations.list'>;
