import type { EntryDetail } from '../../api/catalogue.ts';
import { Section } from '../../ui/page.tsx';
import { Facts, Path } from '../../ui/show/facts.tsx';
import { Names } from './entry-said.tsx';
import { NestingTree } from './nesting-tree.tsx';

/** What it brings along and comes with, at which of them privilege is, and what names it here. */
export const EntryAround = ({ entry }: { readonly entry: EntryDetail }) => (
  <div className="stack">
    {entry.privileged ? (
      <Section title="Where privilege comes from">
        {entry.privilegedThrough.length > 1 ? (
          <Path of={entry.privilegedThrough.map(({ name }) => name)} />
        ) : (
          <p>It is privileged itself.</p>
        )}
      </Section>
    ) : null}
    <Section title="Whoever has it also has">
      <NestingTree entry={entry} side="children" />
    </Section>
    <Section title="It comes with">
      <NestingTree entry={entry} side="parents" />
    </Section>
    <Section title="What names it">
      <Facts
        of={[
          ['Roles', <Names key="r" of={entry.roles} none="none" />],
          ['Rules of duties', <Names key="s" of={entry.rules} none="none" />],
          ['Birthrights', <Names key="b" of={entry.birthrights} none="none" />],
        ]}
      />
    </Section>
  </div>
);
