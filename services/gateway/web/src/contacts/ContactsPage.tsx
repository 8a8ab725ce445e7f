import { Button, Group, Title, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import type { Contact } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { ContactList } from './ContactList';
import { contactDraft } from './contactValues';
import type { ListSearch } from './listSearch';
import { tell } from '@/ui/notices';
import { useShortcuts } from '@/ui/shortcuts';
import classes from './ContactsPage.module.css';
import { usePageTitle } from '@/ui/usePageTitle';

const ContactFilterBar = lazy(async () => ({
  default: (await import('./ContactFilterBar')).ContactFilterBar,
}));
const ContactSidebar = lazy(async () => ({ default: (await import('./ContactSidebar')).ContactSidebar }));
const ContactForm = lazy(async () => ({ default: (await import('./ContactForm')).ContactForm }));

export function ContactsPage() {
  const texts = useTexts();
  usePageTitle(texts.contacts.title, 'Ficha');
  const search = useSearch({ from: '/staff/contacts' });
  const navigate = useNavigate({ from: '/contacts' });
  const [creating, setCreating] = useState(useWasOpen(contactDraft()));
  const [enteredId, setEnteredId] = useState<string>();
  const searchField = useRef<HTMLInputElement>(null);
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });

  const change = (changes: Partial<ListSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  const select = (contact: Contact | undefined) => change({ selected: contact?.id });

  useShortcuts([
    ['/', () => searchField.current?.focus()],
    ['n', () => setCreating(true)],
    ['Escape', () => select(undefined)],
  ]);

  return (
    <div className={classes.page} data-with-sidebar={Boolean(search.selected && wide) || undefined}>
      <section className={classes.list} aria-label={texts.contacts.title}>
        <Group justify="space-between" wrap="nowrap" className={classes.heading}>
          <Title order={1} fz={{ base: 22, sm: 26 }}>
            {texts.contacts.title}
          </Title>
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setCreating(true)}>
            {texts.contacts.new}
          </Button>
        </Group>
        <Suspense fallback={<div className={classes.filters} />}>
          <ContactFilterBar search={search} onChange={change} searchField={searchField} />
        </Suspense>
        <ContactList
          search={search}
          onSelect={select}
          onEnter={(contact) => {
            setEnteredId(contact.id);
            select(contact);
          }}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
        <VisuallyHidden>{texts.contacts.keys}</VisuallyHidden>
      </section>
      <Suspense>
        {search.selected && (
          <ContactSidebar
            key={search.selected}
            contactId={search.selected}
            inline={wide}
            entered={search.selected === enteredId}
            onClose={() => select(undefined)}
          />
        )}
      </Suspense>
      <Suspense>
        {creating && (
          <ContactForm
            onClose={() => setCreating(false)}
            onSaved={(contact) => {
              setCreating(false);
              tell(texts.contact.created(contact.name));
              select(contact);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
