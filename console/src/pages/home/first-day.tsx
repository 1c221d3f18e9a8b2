import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { campaignList } from '../../api/campaigns.ts';
import { sessionList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { identityList } from '../../api/people.ts';
import { systemList } from '../../api/systems.ts';
import { sshKeyList } from '../../api/settings.ts';
import { Icon } from '../../ui/show/icon.tsx';
import s from './home.module.css';

const Step = ({
  done,
  title,
  children,
}: {
  readonly done: boolean;
  readonly title: string;
  readonly children: ReactNode;
}) => (
  <li className={s['step']}>
    {done ? <Icon name="check" /> : <span className={s['todo']} aria-hidden />}
    <div>
      <strong>{title}</strong>
      <span className="visually-hidden">{done ? ' (done)' : ' (to do)'}</span>
      <div className="dim small">{children}</div>
    </div>
  </li>
);

const Checklist = () => {
  const identities = useRows(identityList({}));
  const systems = useRows(systemList());
  const sessions = useRows(sessionList());
  const campaigns = useRows(campaignList('all'));
  const keys = useRows(sshKeyList());
  const steps = [
    {
      done: identities.rows.length > 1,
      title: 'Bring in your people',
      text: (
        <>
          Drop the HR export where the source looks for it. <Link to="/identities">Identities</Link>
        </>
      ),
    },
    {
      done: systems.rows.length > 1,
      title: 'Read your systems',
      text: (
        <>
          Each connector lists the accounts it finds and says which are privileged. <Link to="/systems">Systems</Link>
        </>
      ),
    },
    {
      done: keys.rows.length > 0,
      title: 'Register your SSH key',
      text: (
        <>
          It is how the gateway knows you. <Link to="/settings">Settings</Link>
        </>
      ),
    },
    {
      done: sessions.rows.length > 0,
      title: 'Open a recorded session',
      text: (
        <>
          Ask for access, then use plain ssh. <Link to="/request">Request access</Link>
        </>
      ),
    },
    {
      done: campaigns.rows.length > 0,
      title: 'Review who has what',
      text: (
        <>
          Start with privileged access only: it is short. <Link to="/campaigns/new">New certification</Link>
        </>
      ),
    },
  ];
  const loading = [identities, systems, sessions, campaigns, keys].some((list) => list.loading);
  if (loading || steps.every(({ done }) => done)) return null;
  return (
    <section className={s['steps']}>
      <h2>Your first day</h2>
      <ol className="plain">
        {steps.map(({ done, title, text }) => (
          <Step key={title} done={done} title={title}>
            {text}
          </Step>
        ))}
      </ol>
    </section>
  );
};

/** Five things that make a new Reeve useful; gone once they are done. For who may do them. */
export const FirstDay = () => (can(useMe(), 'campaign.launch') ? <Checklist /> : null);
