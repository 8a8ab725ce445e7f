import { Kbd, Stack, Switch, Text, Title } from '@mantine/core';
import { Dialog } from '@/ui/Dialog';
import { useSingleKeys } from '@/ui/shortcuts';
import { useTexts } from './texts';
import classes from './ShortcutsDialog.module.css';

/** Which keys do what. The names of keys are those printed on them; what differs by language is a text. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { shortcuts: texts } = useTexts();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Dialog onClose={onClose} title={texts.title}>
      <Stack gap="lg">
        {texts.groups.map(({ title, keys }) => (
          <section key={title} aria-label={title}>
            <Title order={3} fz={13} c="dimmed" fw={550} mb={6}>
              {title}
            </Title>
            <dl className={classes.keys}>
              {keys.map(([pressed, meaning]) => (
                <div key={meaning} className={classes.row}>
                  <dt>
                    {pressed.split(' ').map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <Text component="dd" m={0} size="sm">
                    {meaning}
                  </Text>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <Switch
          label={texts.single}
          description={texts.singleHint}
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
      </Stack>
    </Dialog>
  );
}
