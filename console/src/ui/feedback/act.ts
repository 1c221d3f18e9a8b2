import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toastDone, toastError } from './toast.ts';

interface Act<I, O> {
  readonly run: (input: I) => Promise<O>;
  /** First parts of the query keys that are no longer true afterwards. */
  readonly stales: readonly string[];
  /** What to say once it is done; nothing when the page shows it by itself. */
  readonly done?: (output: O, input: I) => string;
  readonly after?: (output: O, input: I) => void;
  /** The form shows the problem at its fields. */
  readonly quiet?: boolean;
}

/** A change: runs it, says how it went, and has every list it touches read again. */
export const useAct = <I, O>({ run, stales, done, after, quiet = false }: Act<I, O>) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (output, input) => {
      const message = done?.(output, input);
      if (message !== undefined) toastDone(message);
      after?.(output, input);
    },
    onError: (error) => {
      if (!quiet) toastError(error);
    },
    onSettled: () => Promise.all(stales.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
};
