import { Alert, Badge, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Initials } from '@/ui/Initials';
import { problemText } from '@/ui/problemText';
import { choose, type Choice } from './client';
import { useTexts } from './texts';
import classes from './PortalChoices.module.css';

type Props = {
  choices: Choice[];
  /** Whose portal is open now. */
  open?: string | null;
  onChosen: (entered: Awaited<ReturnType<typeof choose>>) => void;
};

/** The portals that one e-mail and password open. */
export function PortalChoices({ choices, open, onChosen }: Props) {
  const texts = useTexts();
  const choosing = useMutation({ mutationFn: choose, onSuccess: onChosen });
  const first = open ?? choices[0]?.contact.id;
  return (
    <Stack gap="sm">
      {choosing.isError && (
        <Alert color="red" variant="light" role="alert">
          {problemText(choosing.error, texts)}
        </Alert>
      )}
      <ul className={classes.list}>
        {choices.map((choice) => (
          <li key={choice.contact.id}>
            <ChoiceButton
              choice={choice}
              open={choice.contact.id === open}
              autoFocus={choice.contact.id === first}
              busy={choosing.isPending}
              onChoose={() => choosing.mutate(choice.contact.id)}
            />
          </li>
        ))}
      </ul>
    </Stack>
  );
}

type ButtonProps = { choice: Choice; open: boolean; autoFocus: boolean; busy: boolean; onChoose: () => void };

function ChoiceButton({ choice: { contact, organization }, open, autoFocus, busy, onChoose }: ButtonProps) {
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
