import { useEffect, type ReactNode } from 'react';
import s from './signin.module.css';

/** The one card of the pages before sign-in. */
export const Card = ({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly children?: ReactNode;
}) => {
  useEffect(() => {
    document.title = `${title} · Reeve`;
  }, [title]);
  return (
    <main className={s['ground']}>
      <div className={s['card']}>
        <img src="/favicon.svg" alt="" width={34} height={34} />
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="dim">{lead}</p>}
        {children}
      </div>
    </main>
  );
};
