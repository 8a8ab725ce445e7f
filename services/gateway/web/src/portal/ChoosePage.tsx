import { Alert, Badge, Stack } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { problemText } from '@/ui/problemText';
import { Initials } from '@/ui/Initials';
import { ClientDoor } from './ClientDoor';
import { choose, enter, offerQuery, type Choice } from './client';
import { useTexts } from './texts';
import classes from './ChoosePage.module.css';

/** One e-mail and password open several portals: which one now. */
export function ChoosePage() {
  const texts = useTexts();
  const { data: offer } = useSuspenseQuery(offerQuery);
  const choosing = useMutation({ mutationFn: choose, onSuccess: (entered) => enter(entered) });
  const first = offer.chosen ?? offer.choices[0]?.contact.id;
  return (
    <ClientDoor title={texts.choose.title} hint={texts.choose.hint}>
      <Stack gap="sm">
        {choosing.isError && (
          <Alert color="red" variant="light" role="alert">
            {problemText(choosing.error, texts)}
          </Alert>
        )}
        <ul className={classes.list}>
          {offer.choices.map((choice) => (
            <li key={choice.contact.id}>
              <ChoiceButton
                choice={choice}
                open={choice.contact.id === offer.chosen}
                autoFocus={choice.contact.id === first}
                busy={choosing.isPending}
                onChoose={() => choosing.mutate(choice.contact.id)}
              />
            </li>
          ))}
        </ul>
      </Stack>
    </ClientDoor>
  );
}

type Props = { choice: Choice; open: boolean; autoFocus: boolean; busy: boolean; onChoose: () => void };

function ChoiceButton({ choice: { contact, organization }, open, autoFocus, busy, onChoose }: Props) {
  const { choose: texts } = useTexts();
  return (
    <button type="button" className={classes.choice} autoFocus={autoFocus} disabled={busy} onClick={onChoose}>
      <Initials name={organization?.name ?? contact.name} kind="company" size={38} />
      <span className={classes.names}>
        <span className={classes.contact}>{contact.name}</span>
        {organization && <span className={classes.company}>{texts.at(organization.name)}</span>}
      </span>
      {open && (
        <Badge variant="light" tt="none" radius="sm">
          {texts.open}
        </Badge>
      )}
    </button>
  );
}
