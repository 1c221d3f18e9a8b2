import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { entryQuery } from '../../api/catalogue.ts';
import { describeEntry, setPrerequisites } from '../../api/entry-edits.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { toastUndo } from '../../ui/feedback/undo-toast.tsx';
import { changesBetween, draftOf, saidOf, stillSo, type Said } from './entry-draft.ts';

interface Edit {
  readonly from: Said;
  readonly to: Said;
}

/** Says what makes `from` into `to`. Two operations: where the second is refused, the first is taken back. */
const put = async (id: string, { from, to }: Edit): Promise<void> => {
  const { sayings, prerequisites } = changesBetween(from, to);
  const describes = Object.keys(sayings).length > 0;
  if (describes) await describeEntry(id, sayings);
  if (prerequisites === undefined) return;
  try {
    await setPrerequisites(id, prerequisites);
  } catch (error) {
    if (describes) await describeEntry(id, changesBetween(to, from).sayings);
    throw error;
  }
};

/** Saves an entry from its form, and takes the last save back: the former values are said again, of what was changed only. */
export const useEntryEdit = (id: string, saved: () => void, undone: () => void) => {
  const client = useQueryClient();
  const [last, setLast] = useState<Edit>();
  const stales = ['catalogue', 'entitlements'];
  const undo = useAct({
    run: async ({ from, to }: Edit) => {
      const now = saidOf(draftOf(await client.fetchQuery({ ...entryQuery(id), staleTime: 0 }))).said;
      if (!stillSo(now, to, changesBetween(from, to)))
        throw new Error('Somebody changed the same since, and undoing would take that back too. Edit it instead.');
      await put(id, { from: to, to: from });
    },
    stales,
    done: () => 'Undone: it says what it said before',
    after: () => {
      setLast(undefined);
      undone();
    },
  });
  const save = useAct({
    run: (edit: Edit) => put(id, edit),
    stales,
    quiet: true,
    after: (_, edit) => {
      setLast(edit);
      toastUndo('Saved', () => undo.mutate(edit));
      saved();
    },
  });
  return { save, undo, last };
};
