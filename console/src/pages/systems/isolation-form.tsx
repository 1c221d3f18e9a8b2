import { NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { setIsolation, type Isolation } from '../../api/isolation.ts';
import { linesOf } from '../../ui/lines-of.ts';
import { SystemForm } from './system-form.tsx';

/** Who may reach the system, and how often log-ons are looked for. */
export const IsolationForm = ({ id, isolation }: { readonly id: string; readonly isolation: Isolation }) => {
  const [gateways, setGateways] = useState(isolation.gatewaysSaid.join('\n'));
  const [exemptions, setExemptions] = useState(isolation.exemptions.join('\n'));
  const [everySeconds, setEverySeconds] = useState<number | string>(isolation.everySeconds);
  const keep = () =>
    setIsolation(id, {
      gateways: linesOf(gateways),
      exemptions: linesOf(exemptions),
      everySeconds: Number(everySeconds),
    });
  return (
    <SystemForm run={keep} done="Set; put what is said below on the system, then have it proved" button="Set">
      <Textarea
        label="Gateways"
        description={`Addresses or networks that gateways and workers come from, as the system sees them; one a line. Empty: ${
          isolation.gatewaysSaid.length === 0 && isolation.gateways.length > 0
            ? isolation.gateways.join(', ')
            : 'the ones Reeve knows'
        }.`}
        autosize
        minRows={2}
        value={gateways}
        onChange={(event) => setGateways(event.currentTarget.value)}
      />
      <Textarea
        label="Exemptions"
        description="Who may log on without Reeve, one a line: breakglass@192.0.2.7, *@192.0.2.32/28 for monitoring, postgres@local. Each such log-on is on the record."
        autosize
        minRows={2}
        value={exemptions}
        onChange={(event) => setExemptions(event.currentTarget.value)}
      />
      <NumberInput
        label="Log-ons are read every"
        description="Seconds, 30 at most; 0: never."
        min={0}
        max={30}
        allowDecimal={false}
        value={everySeconds}
        onChange={setEverySeconds}
        style={{ maxWidth: '14rem' }}
      />
    </SystemForm>
  );
};
