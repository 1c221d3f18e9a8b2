import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sealQuery } from '../api/keys.ts';
import { Icon } from '../ui/show/icon.tsx';
import s from './seal-banner.module.css';

const WORDS = {
  sealed:
    'The vault is sealed. Nothing it keeps can be opened; signing in, reading, ending sessions and taking access away go on.',
  waiting: 'The vault waits for shares of its root key. Until then nothing it keeps can be opened.',
  unreachable: 'The vault is sealed: its root key is out of reach.',
} as const;

/** On every page while the vault is not open, and where a share waits for whoever looks. */
export const SealBanner = () => {
  const { data } = useQuery(sealQuery);
  if (data === undefined || (data.state === 'open' && !data.shareWaitsForYou)) return null;
  const text = data.state === 'open' ? 'A share of the root key waits for you. It is shown once.' : WORDS[data.state];
  const shares =
    data.state !== 'open' && data.sharesNeeded !== null
      ? ` ${String(data.sharesEntered)} of ${String(data.sharesNeeded)} shares are entered.`
      : '';
  return (
    <div className={s['banner']} role="status" data-state={data.state} data-seal="">
      <Icon name="alert" />
      <span>
        {text}
        {shares}
      </span>
      <Link to="/vault/keys">{data.state === 'open' ? 'Take it' : 'See the keys'}</Link>
    </div>
  );
};
