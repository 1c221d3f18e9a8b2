import { useMemo } from 'react';
import { Copyable } from '../../ui/show/copyable.tsx';
import { qrPath } from './qr.ts';
import s from './signin.module.css';

const secretOf = (uri: string): string => new URLSearchParams(uri.slice(uri.indexOf('?') + 1)).get('secret') ?? '';

/** The shared secret of an authenticator: as a picture to scan, as a key to type, as a link on the same device. */
export const TotpSecret = ({ uri }: { readonly uri: string }) => {
  const qr = useMemo(() => qrPath(uri), [uri]);
  return (
    <>
      {qr === undefined ? null : (
        <svg
          className={s['qr']}
          viewBox={`0 0 ${String(qr.size)} ${String(qr.size)}`}
          role="img"
          aria-label="QR code with the key below"
          shapeRendering="crispEdges"
        >
          <path d={qr.path} fill="#000" />
        </svg>
      )}
      <div>
        <span className="dim small">Key </span>
        <Copyable text={secretOf(uri)} label="the authenticator key" />
      </div>
      <a href={uri} className="small">
        Open in an authenticator on this device
      </a>
    </>
  );
};
