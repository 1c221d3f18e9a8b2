import type { IdentityKind } from '#spine/graph/index.ts';

/** Why a feed, or one row of it, cannot be taken as it is. Never repeats a value of a person. */
export interface FeedProblem {
  /** `csv.…` and `feed.…` speak of the whole delivery, `row.…` of one row. */
  readonly code: string;
  readonly detail: string;
  readonly fix?: string | undefined;
  /** Rows are counted from 1, the header not counted. */
  readonly row?: number | undefined;
  readonly column?: string | undefined;
}

/** People and vendors; services, workloads and agents are not. */
export const isHuman = (kind: IdentityKind): boolean => kind === 'person' || kind === 'vendor';

/** What HR says of somebody; the state follows from it and the dates. */
export type RecordStatus = 'pre_hire' | 'active' | 'leave' | 'leaver';

/** One row of a feed in Reeve's words. Days are ISO dates in the source's time zone. */
export interface FeedRecord {
  readonly externalId: string;
  readonly kind: IdentityKind;
  readonly displayName: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly department: string | null;
  readonly orgUnit: string | null;
  readonly jobTitle: string | null;
  /** For a vendor: who sponsors them; for what is not human: who owns it. */
  readonly managerExternalId: string | null;
  readonly status: RecordStatus;
  readonly startsOn: string | null;
  /** The last day. */
  readonly endsOn: string | null;
  /** A list where a fact has many values, such as the groups of a directory. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** People of another source, as a manager column names them. */
export interface ManagerIn {
  /** Its name. */
  readonly source: string;
  /** `externalId` (the key), `email`, `username`, or the name of an attribute. */
  readonly fact: string;
}

/** Which column holds which fact. A fact whose column is null is not in this feed. */
export interface FeedMapping {
  readonly delimiter: string;
  readonly columns: {
    readonly externalId: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly preferredName: string | null;
    readonly email: string | null;
    readonly username: string | null;
    readonly department: string | null;
    readonly orgUnit: string | null;
    readonly jobTitle: string | null;
    readonly manager: string | null;
    readonly employmentType: string | null;
    readonly status: string | null;
    readonly startDate: string | null;
    readonly endDate: string | null;
  };
  /** Attribute name → column, for whatever else should be known. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Name of a fact (as in `columns`) or of an attribute → an expression over the row; it takes the place of a column. */
  readonly expressions: Readonly<Record<string, string>>;
  /** Word in the status column, in lower case → what it means. */
  readonly statuses: Readonly<Record<string, RecordStatus>>;
  /** The column of a manager's own row that rows call them by, such as a whole name in a directory; null: their key. */
  readonly managerBy: string | null;
  /** The source whose people the manager column names, and by which fact; null: people of this one, by key. */
  readonly managerIn: ManagerIn | null;
  /** Word in the employment column, in lower case → what such a row is, where it is no person. */
  readonly kinds: Readonly<Record<string, IdentityKind>>;
  /** Employment types that make a vendor of somebody. */
  readonly vendorTypes: readonly string[];
}

/** The columns of the feed described in docs/how-to/feed-people.md. */
export const DEFAULT_MAPPING: FeedMapping = {
  delimiter: ',',
  columns: {
    externalId: 'employee_id',
    firstName: 'first_name',
    lastName: 'last_name',
    preferredName: 'preferred_name',
    email: 'email',
    username: 'username',
    department: 'department',
    orgUnit: 'org_unit',
    jobTitle: 'job_title',
    manager: 'manager_employee_id',
    employmentType: 'employment_type',
    status: 'status',
    startDate: 'start_date',
    endDate: 'end_date',
  },
  attributes: { company: 'company', location: 'location', time_zone: 'time_zone', cost_centre: 'cost_centre' },
  expressions: {},
  statuses: { active: 'active', leave: 'leave', terminated: 'leaver', pre_hire: 'pre_hire' },
  managerBy: null,
  managerIn: null,
  kinds: {},
  vendorTypes: ['vendor'],
};
