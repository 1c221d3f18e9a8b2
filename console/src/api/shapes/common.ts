/** One page of a list. `total` is exact when present. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor?: string | null | undefined;
  readonly total?: number | undefined;
}

/** RFC 9457 problem document with Reeve's members. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly fix?: string;
  readonly errors?: { readonly pointer: string; readonly detail: string; readonly fix?: string }[];
  readonly trace_id?: string;
  /** What has to be proved afresh, for a call answered `step_up.required`. */
  readonly step_up?: { readonly action: string; readonly resource_id: string };
}
