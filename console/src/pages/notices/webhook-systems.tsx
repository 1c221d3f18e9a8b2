import { Button, Modal, MultiSelect } from '@mantine/core';
import { useState } from 'react';
import { changeWebhook } from '../../api/notices.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

interface SystemsFieldProps {
  readonly of: readonly string[];
  readonly onChange: (systemIds: readonly string[]) => void;
  readonly error?: string | undefined;
}

/** About which systems a webhook is told of events; none named: of all events, also those about no system. */
export const SystemsField = ({ of, onChange, error }: SystemsFieldProps) => {
  const systems = useRows(systemList());
  return (
    <MultiSelect
      label="Only about these systems"
      description="Empty: about any, and what is about no system. Otherwise only events that name one of them are sent."
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Name no system' }}
      nothingFoundMessage="No system has that name"
      error={error}
      data={systems.rows.map(({ id, name }) => ({ value: id, label: name }))}
      value={[...of]}
      onChange={onChange}
    />
  );
};

/** The systems a webhook is about, in words. */
export const SystemsOf = ({ ids }: { readonly ids: readonly string[] | null }) => {
  const systems = useRows({ ...systemList(), enabled: ids !== null });
  if (ids === null) return <span className="dim">any</span>;
  const nameOf = (id: string): string => systems.rows.find((system) => system.id === id)?.name ?? 'a system';
  return ids.map(nameOf).join(', ');
};

interface DialogProps {
  readonly of: {
    readonly id: string;
    readonly name: string;
    readonly version: number;
    readonly systemIds: readonly string[] | null;
  };
  readonly onClose: () => void;
}

/** Changes about which systems a webhook is told of events, from now on. */
export const SystemsDialog = ({ of, onClose }: DialogProps) => {
  const [systemIds, setSystemIds] = useState<readonly string[]>(of.systemIds ?? []);
  const change = useAct({
    run: () =>
      changeWebhook({
        id: of.id,
        version: of.version,
        systemIds: systemIds.length === 0 ? null : [...systemIds],
      }),
    stales: ['webhooks'],
    quiet: true,
    done: (row) => `${row.name} hears of these from now on`,
    after: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={`What ${of.name} hears of`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <SystemsField of={systemIds} onChange={setSystemIds} />
        <Problem error={change.error} />
        <Button loading={change.isPending} onClick={() => change.mutate(undefined)}>
          Save
        </Button>
      </div>
    </Modal>
  );
};
