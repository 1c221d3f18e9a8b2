import { useQuery } from '@tanstack/react-query';
import type { EntryDetail } from '../../api/catalogue.ts';
import { nameSteward, releaseSteward, stewardsQuery } from '../../api/entry-edits.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { toastUndo } from '../../ui/feedback/undo-toast.tsx';
import { Section } from '../../ui/page.tsx';
import { errorsOf } from './entry-draft.ts';
import { FindPerson } from './find-field.tsx';

const stales = ['catalogue'];

/** Who sees to the entries of this one's system. They are named for the whole system, so each change is made by itself. */
export const StewardFields = ({ entry }: { readonly entry: EntryDetail }) => {
  const list = useQuery(stewardsQuery);
  const ofSystem = list.data?.items.filter(({ systemId }) => systemId === entry.systemId) ?? [];
  const byTag = list.data?.items.filter(({ tag }) => tag !== null && entry.tags.includes(tag)) ?? [];
  const again = useAct({
    run: (identity: string) => nameSteward(identity, { system: entry.systemId }),
    stales,
    done: () => 'Undone: steward as before',
  });
  const back = useAct({ run: releaseSteward, stales, done: () => 'Undone: no steward any more' });
  const add = useAct({
    run: ({ id }: { readonly id: string; readonly name: string }) => nameSteward(id, { system: entry.systemId }),
    stales,
    quiet: true,
    after: ({ id }, { name }) => toastUndo(`${name} is a steward of ${entry.systemName}`, () => back.mutate(id)),
  });
  const drop = useAct({
    run: ({ id }: (typeof ofSystem)[number]) => releaseSteward(id),
    stales,
    after: (_, { identityId, identityName }) =>
      toastUndo(`${identityName} is no steward of ${entry.systemName} any more`, () => again.mutate(identityId)),
  });
  const refused = errorsOf(add.error)['identity'];
  return (
    <Section title={`Stewards of ${entry.systemName}`}>
      <div className="stack" style={{ maxWidth: 720 }}>
        <p className="dim small">
          They see to all entries of {entry.systemName}. A change here holds at once, without Save.
          {byTag.length === 0
            ? ''
            : ` By tag: ${byTag.map(({ identityName, tag }) => `${identityName} (${tag ?? ''})`).join(', ')}.`}
        </p>
        <FindPerson
          label="Stewards"
          error={refused}
          chosen={ofSystem.map(({ identityId, identityName }) => ({ id: identityId, name: identityName }))}
          onAdd={(person) => add.mutate(person)}
          onDrop={(identityId) => {
            const one = ofSystem.find((steward) => steward.identityId === identityId);
            if (one !== undefined) drop.mutate(one);
          }}
        />
        <Problem error={list.error ?? (refused === undefined ? add.error : null)} />
      </div>
    </Section>
  );
};
