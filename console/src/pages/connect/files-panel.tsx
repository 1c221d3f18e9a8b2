import { Alert, Button, FileButton, Progress } from '@mantine/core';
import { confirm } from '../../ui/feedback/confirm.tsx';
import s from './connect.module.css';
import type { Connection, Entry } from './open-connection.ts';
import { inFolder, useFiles } from './use-files.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const sizeOf = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1)} ${units[step] ?? ''}`;
};

const sorted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name));

/** What a target calls its files may hold anything: controls and marks that turn text are shown as what they are. */
const shownName = (name: string): string =>
  name.replaceAll(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

/** Files of the session: a folder, downloads and uploads, each on the record with its digest. */
export const FilesPanel = ({ connection, most }: { readonly connection: Connection; readonly most: number }) => {
  const files = useFiles(connection);
  const { folder, progress, problem } = files;
  const busy = progress !== undefined;
  const send = async (file: File | null): Promise<void> => {
    if (file === null || folder === undefined) return;
    const there = folder.entries.some(({ name }) => name === file.name);
    const agreed = there
      ? await confirm({
          title: `Replace ${shownName(file.name)}?`,
          text: `${folder.path} has a file of that name.`,
          action: 'Replace',
          danger: true,
        })
      : '';
    if (agreed !== undefined) files.upload(file, there);
  };
  return (
    <section className={s['files']} aria-label="Files">
      <div className="spread">
        <h2>Files</h2>
        <FileButton onChange={(file) => void send(file)} disabled={busy || folder === undefined}>
          {(button) => (
            <Button {...button} size="compact-sm" variant="default" disabled={busy || folder === undefined}>
              Upload…
            </Button>
          )}
        </FileButton>
      </div>
      {problem === undefined ? null : (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      {folder === undefined ? null : (
        <div>
          <div className="spread">
            <code>{shownName(folder.path)}</code>
            <Button size="compact-xs" variant="default" onClick={() => files.open(inFolder(folder.path, '..'))}>
              Up
            </Button>
          </div>
          <ul className={s['list']} aria-label={`What is in ${shownName(folder.path)}`}>
            {sorted(folder.entries).map((entry) => (
              <li key={entry.name}>
                {entry.kind === 'file' ? (
                  <span className={s['name']}>{shownName(entry.name)}</span>
                ) : (
                  <button
                    type="button"
                    className={s['name']}
                    onClick={() => files.open(inFolder(folder.path, entry.name))}
                  >
                    {shownName(entry.name)}/
                  </button>
                )}
                {entry.kind === 'file' ? (
                  <span className="row">
                    <span className="dim small nowrap">{sizeOf(entry.size)}</span>
                    <Button
                      size="compact-xs"
                      variant="default"
                      disabled={busy}
                      aria-label={`Download ${shownName(entry.name)}`}
                      onClick={() => files.download(entry)}
                    >
                      Download
                    </Button>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
          {folder.more ? <p className="small dim">There is more here than is shown.</p> : null}
        </div>
      )}
      <div role="status">
        {progress === undefined ? (
          <span className="dim small">
            Each file is recorded with its name, size and digest. At most {sizeOf(most)} each.
          </span>
        ) : (
          <div className="stack">
            <span className="small">
              {progress.way === 'up' ? 'Sending' : 'Fetching'} {shownName(progress.name)}: {sizeOf(progress.bytes)} of{' '}
              {sizeOf(progress.of)}
            </span>
            <Progress
              value={progress.of === 0 ? 100 : (100 * progress.bytes) / progress.of}
              aria-label="How far it is"
            />
            <Button size="compact-xs" variant="default" onClick={files.stop}>
              Stop
            </Button>
          </div>
        )}
      </div>
    </section>
  );
};
