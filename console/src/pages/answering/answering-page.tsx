import { can, useMe } from '../../api/me.ts';
import { Page, Section } from '../../ui/page.tsx';
import { AnsweredFor } from './answered-for.tsx';
import { Handovers } from './handovers.tsx';
import { Lacking } from './lacking.tsx';

/** Whom and what one answers for: vendors one sponsors, services and agents one owns, and what one is asked to take over. */
export const AnsweringPage = () => {
  const me = useMe();
  const seesAll = can(me, 'identity.list_lacking');
  return (
    <Page
      title="What you answer for"
      lead="Everybody who is no employee and everything that acts by itself has a person who answers for it."
    >
      <Section title="You are asked">
        <Handovers of={me.id} />
      </Section>
      <Section title="Yours">
        <AnsweredFor ownerId={me.id} />
      </Section>
      {seesAll ? (
        <>
          <Section title="Handed over, everybody’s">
            <Handovers of={undefined} />
          </Section>
          <Section title="Lacking somebody">
            <Lacking mayName={can(me, 'identity.set_owner')} />
          </Section>
        </>
      ) : null}
    </Page>
  );
};
