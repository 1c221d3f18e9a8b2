import { Button, FileButton, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Out } from '../../api/shapes/of-contract.ts';
import { importSodRules, previewSodImport, type SodFile } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';

import { DutiesWhatIf } from './what-if.tsx';

type Outcome = Out<'sod.previewImport'>['items'][number];
const tone: Readonly<Record<Outcome['outcome'], Tone>> = { created: 'good', changed: 'wait', unchanged: 'quiet' };

interface ImportDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Rules from a file: what it would create and change first, then all of it or nothing. */
export const ImportDialog = ({ opened, onClose }: ImportDialogProps) => {
  const [file, setFile] = useState<SodFile>();
  const preview = useAct({ run: (given: SodFile) => previewSodImport(given), quiet: true, stales: [] });
  const make = useAct({
    run: (given: SodFile) => importSodRules(given),
    stales: ['sod'],
    quiet: true,
    done: ({ items }) => `${items.filter((i) => i.outcome !== 'unchanged').length} rules are as the file says`,
    after: onClose,
  });
  const choose = async (chosen: File | null): Promise<void> => {
    if (chosen === null) return;
    const text = await chosen.text();
    const given = /\.csv$/iu.test(chosen.name) ? { csv: text } : { yaml: text };
    setFile(given);
    preview.mutate(given);
  };
  const items = preview.data?.items ?? [];
  return (
    <Modal opened={opened} onClose={onClose} title="Import rules" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <Stack gap="sm">
        <p className="dim">
          A YAML or CSV file as it is exported. Rules are known by their names; those not in the file stay.
        </p>
        <Group>
          <FileButton accept=".yaml,.yml,.csv" onChange={(chosen) => void choose(chosen)}>
            {(props) => (
              <Button {...props} variant="default" loading={preview.isPending}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        <ul className="plain">
          {items.map((item) => (
            <li key={item.name} className="spread">
              <span>
                {item.name} {item.changed.length === 0 ? null : <span className="dim">{item.changed.join(', ')}</span>}
              </span>
              <StateBadge tone={tone[item.outcome]}>{item.outcome}</StateBadge>
            </li>
          ))}
        </ul>
        {file === undefined || preview.data === undefined ? null : <DutiesWhatIf of={{ file }} />}
        <Problem error={preview.error ?? make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={file === undefined || items.length === 0 || preview.error !== null}
            loading={make.isPending}
            onClick={() => (file === undefined ? undefined : make.mutate(file))}
          >
            Make it so
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
