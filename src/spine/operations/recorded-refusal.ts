import { AppError } from '#kit/errors/index.ts';
import type { NewEvent } from '#spine/audit/event-type.ts';

/** A refusal that leaves events of its own on the record, beside its own record, though what was asked for rolled back. */
export class RecordedRefusal extends AppError {
  readonly leaves: readonly NewEvent[];

  constructor(input: ConstructorParameters<typeof AppError>[0] & { readonly leaves: readonly NewEvent[] }) {
    super(input);
    this.leaves = input.leaves;
  }
}
