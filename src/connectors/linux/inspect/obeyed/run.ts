/** Something that is run, loaded or searched, as whom, and where that is written. */
export interface Run {
  readonly as: string;
  readonly because: string;
  readonly place: string;
  readonly paths: readonly string[];
  /** `program`: is run; `mentioned`: is run if it can be; `folder`: is searched for programs. */
  readonly how: 'program' | 'mentioned' | 'folder';
}
