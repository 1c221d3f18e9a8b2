import { useEffect, type ReactNode } from 'react';
import s from './page.module.css';

interface PageProps {
  readonly title: string;
  /** One sentence: what this page is for. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The body is a list that fills the page and scrolls by itself. */
  readonly fill?: boolean;
  readonly crumbs?: ReactNode;
}

/** A page: its one h1, which takes focus when the route changes, what can be done here, and its body. */
export const Page = ({ title, lead, actions, children, fill = false, crumbs }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Reeve`;
  }, [title]);
  return (
    <div className={s['page']} data-fill={fill ? '' : undefined}>
      <header className={s['head']}>
        <div className={s['titles']}>
          {crumbs === undefined ? null : (
            <nav aria-label="Breadcrumb" className={s['crumbs']}>
              {crumbs}
            </nav>
          )}
          <h1 tabIndex={-1}>{title}</h1>
          {lead === undefined ? null : <p>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={s['actions']}>{actions}</div>}
      </header>
      <div className={s['body']}>{children}</div>
    </div>
  );
};

/** A part of a page with its own heading. */
export const Section = ({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section className={s['section']}>
    <div className="spread">
      <h2>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
);
