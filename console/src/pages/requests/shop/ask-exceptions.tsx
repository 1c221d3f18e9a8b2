import { Button } from '@mantine/core';
import { askExceptions } from '../../../api/orders.ts';
import type { Cart } from '../../../api/shapes/requests.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { confirm } from '../../../ui/feedback/confirm.tsx';

/** Where duties keep something back: asks those who may for an exception. The lines wait in the cart. */
export const AskExceptions = ({ cart }: { readonly cart: Cart }) => {
  const ask = useAct({
    run: (reason: string) => askExceptions(cart.id, reason),
    stales: ['orders'],
    done: ({ asked }) =>
      asked.length === 0 ? 'Nobody is there who could grant one' : `Asked: ${asked.map(({ name }) => name).join(', ')}`,
  });
  if (!cart.remarks.some(({ verdict }) => verdict === 'conflict')) return null;
  return (
    <Button
      variant="default"
      loading={ask.isPending}
      onClick={() =>
        void confirm({
          title: 'Ask for exceptions?',
          text: 'Owners of the rules and security officers read why. What conflicts stays in the cart until they have granted one.',
          action: 'Ask',
          reason: 'required',
          reasonLabel: 'Why it cannot be avoided',
        }).then((answer) => (answer === undefined ? undefined : ask.mutate(answer.reason)))
      }
    >
      Ask for exceptions…
    </Button>
  );
};
