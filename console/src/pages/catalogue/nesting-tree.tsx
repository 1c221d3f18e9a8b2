import { ActionIcon, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { entryQuery, type EntryDetail } from '../../api/catalogue.ts';
import { Icon } from '../../ui/show/icon.tsx';
import { Privileged } from '../../ui/show/badges.tsx';
import s from './catalogue.module.css';

/** How far a tree is followed from the entry; the page of what is there goes on. */
const LEVELS = 3;
/** Rows of one level shown at first: each reads its entry to know whether it is privileged. */
const SHOWN = 20;

type Side = 'parents' | 'children';
type Near = EntryDetail['children'][number];

/** Whether privilege is its own or comes by what it brings along. */
const PrivilegeOf = ({ entry }: { readonly entry: EntryDetail }) => {
  if (!entry.privileged) return null;
  const source = entry.privilegedThrough.at(-1);
  return source === undefined || entry.privilegedThrough.length === 1 ? (
    <span className="row">
      <Privileged /> <span className="dim small">itself</span>
    </span>
  ) : (
    <span className="dim small">privileged through {source.name}</span>
  );
};

interface NodeProps {
  readonly of: Near;
  readonly side: Side;
  readonly level: number;
  readonly above: readonly string[];
}

const Node = ({ of, side, level, above }: NodeProps) => {
  const list = useId();
  const [open, setOpen] = useState(false);
  const again = above.includes(of.id);
  const entry = useQuery({ ...entryQuery(of.id), enabled: !again });
  const next = entry.data?.[side] ?? [];
  const opens = next.length > 0 && level < LEVELS && !again;
  return (
    <li>
      <div className="row">
        {opens ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-expanded={open}
            aria-controls={open ? list : undefined}
            aria-label={`${side === 'children' ? 'What' : 'What brings'} ${of.name}${side === 'children' ? ' brings along' : ' along'}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'down' : 'right'} size={14} />
          </ActionIcon>
        ) : (
          <span className={s['leaf']} aria-hidden />
        )}
        <Link to="/catalogue/$id" params={{ id: of.id }}>
          {of.name}
        </Link>
        {of.goneSince === null ? null : <span className="dim small">gone at the source</span>}
        {again ? <span className="dim small">again: it is above</span> : null}
        {entry.data === undefined ? null : <PrivilegeOf entry={entry.data} />}
        {entry.error === null ? null : <span className="dim small">cannot be read</span>}
        {level === LEVELS && next.length > 0 && !again ? (
          <span className="dim small">{`${String(next.length)} more on its page`}</span>
        ) : null}
      </div>
      {opens && open ? <Branch id={list} of={next} side={side} level={level + 1} above={[...above, of.id]} /> : null}
    </li>
  );
};

interface BranchProps {
  readonly of: readonly Near[];
  readonly side: Side;
  readonly level: number;
  readonly above: readonly string[];
  readonly id?: string;
  readonly label?: string;
}

const Branch = ({ of, side, level, above, id, label }: BranchProps) => {
  const [all, setAll] = useState(false);
  return (
    <ul id={id} className={s['tree']} aria-label={label}>
      {(all ? of : of.slice(0, SHOWN)).map((one) => (
        <Node key={one.id} of={one} side={side} level={level} above={above} />
      ))}
      {all || of.length <= SHOWN ? null : (
        <li>
          <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
            {`Show all ${String(of.length)}`}
          </Button>
        </li>
      )}
    </ul>
  );
};

/** What an entry brings along or comes with, three levels deep, and at which of them privilege is. */
export const NestingTree = ({ entry, side }: { readonly entry: EntryDetail; readonly side: Side }) =>
  entry[side].length === 0 ? (
    <span className="dim">nothing</span>
  ) : (
    <Branch
      of={entry[side]}
      side={side}
      level={1}
      above={[entry.id]}
      label={side === 'children' ? `What ${entry.name} brings along` : `What brings ${entry.name} along`}
    />
  );
