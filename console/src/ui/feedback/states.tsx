import { Alert, Button, Skeleton } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ProblemError, said } from '../../api/errors.ts';
import s from './feedback.module.css';

/** Where a list or page has nothing to show: what it would hold, and the one thing to do about it. */
export const Empty = ({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: ReactNode;
  readonly children?: ReactNode;
}) => (
  <div className={s['empty']}>
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </div>
);

/** What went wrong in place of what should be here. A refusal says who can change it. */
export const Failed = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const denied = error instanceof ProblemError && error.status === 403;
  return (
    <div className={s['empty']}>
      <h2>{denied ? 'Not open to you' : 'This did not load'}</h2>
      <p>{said(error)}</p>
      {denied ? (
        <p>Administrators of Reeve decide who sees this. Ask one of them for the auditor role if you need it.</p>
      ) : null}
      {onRetry === undefined || denied ? null : (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
      {error instanceof ProblemError && error.problem.trace_id !== undefined ? (
        <p className="small dim">Trace {error.problem.trace_id}</p>
      ) : null}
    </div>
  );
};

/** A problem above a form or beside a button. */
export const Problem = ({ error }: { readonly error: unknown }) =>
  error === null || error === undefined ? null : (
    <Alert color="red" role="alert" className={s['problem'] ?? ''}>
      {said(error)}
    </Alert>
  );

export const Waiting = ({ lines = 6 }: { readonly lines?: number }) => (
  <div className={s['waiting']} role="status" aria-busy="true" aria-label="Loading">
    {Array.from({ length: lines }, (_, i) => (
      <Skeleton key={i} height={14} width={`${String(90 - ((i * 17) % 45))}%`} />
    ))}
  </div>
);

/** Catches what a page throws while drawing, so that the rail and the palette keep working. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode; readonly resetKey: string },
  { readonly error: unknown }
> {
  override state: { readonly error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidUpdate(previous: { readonly resetKey: string }) {
    if (previous.resetKey !== this.props.resetKey && this.state.error !== undefined)
      this.setState({ error: undefined });
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failed error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
