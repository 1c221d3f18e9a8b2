import { TargetError } from '#connectors/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Rotation } from '../model.ts';
import type { RotationEdges } from '../reach-target.ts';

/** Does what is next in a state and moves the rotation on in a transaction of its own. Throws where a later try may succeed. */
export type Step = (edges: RotationEdges, job: JobCtx, rotation: Rotation) => Promise<void>;

/** Such a system has no credentials that could be set, now or later: nothing was changed, and no other try will. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'unsupported';

/** The target said no, and will say so again. */
export const isRefusal = (error: unknown): error is TargetError =>
  error instanceof TargetError && !error.retry && error.code !== 'untrusted';
