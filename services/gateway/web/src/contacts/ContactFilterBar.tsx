import { CloseButton, Kbd, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconArrowsSort, IconSearch, IconTag } from '@tabler/icons-react';
import { useState, type ReactNode, type RefObject } from 'react';
import { useTexts } from '@/app/texts';
import { KINDS, ROLES, SORTS, type ListSearch } from './listSearch';
import classes from './ContactFilterBar.module.css';

type Props = {
  search: ListSearch;
  onChange: (changes: Partial<ListSearch>) => void;
  searchField: RefObject<HTMLInputElement | null>;
};

/** Shorter than the pause between two keys of most people: the list follows the typing. */
const TYPING_MS = 120;

export function ContactFilterBar({ search, onChange, searchField }: Props) {
  const { contacts, contact } = useTexts();
  return (
    <div className={classes.bar} data-screen-only>
      <InstantText
        className={classes.search}
        given={search.q}
        label={contacts.searchShort}
        placeholder={contacts.search}
        icon={<IconSearch size={17} aria-hidden />}
        hint={<Kbd size="xs">/</Kbd>}
        field={searchField}
        onChange={(q) => onChange({ q })}
      />
      <Select
        aria-label={contacts.role}
        placeholder={contacts.allRoles}
        clearable
        clearButtonProps={{ 'aria-label': contacts.clear }}
        data={ROLES.map((role) => ({ value: role, label: contact.roles[role] }))}
        value={search.role ?? null}
        onChange={(role) => onChange({ role: role ?? undefined })}
      />
      <Select
        aria-label={contacts.kind}
        placeholder={contacts.allKinds}
        clearable
        clearButtonProps={{ 'aria-label': contacts.clear }}
        data={KINDS.map((kind) => ({
          value: kind,
          label: kind === 'company' ? contacts.companies : contacts.people,
        }))}
        value={search.kind ?? null}
        onChange={(kind) => onChange({ kind: kind ?? undefined })}
      />
      <InstantText
        given={search.tag}
        label={contacts.tag}
        placeholder={contacts.allTags}
        icon={<IconTag size={16} aria-hidden />}
        onChange={(tag) => onChange({ tag })}
      />
      <Select
        aria-label={contacts.sort}
        allowDeselect={false}
        leftSection={<IconArrowsSort size={16} aria-hidden />}
        data={SORTS.map((sort) => ({
          value: sort,
          label: sort === 'name' ? contacts.byName : contacts.byUpdate,
        }))}
        value={search.sort ?? 'name'}
        onChange={(sort) => onChange({ sort: sort === '-updated_at' ? sort : undefined })}
      />
    </div>
  );
}

type InstantTextProps = {
  className?: string;
  given?: string;
  label: string;
  placeholder: string;
  icon: ReactNode;
  hint?: ReactNode;
  field?: RefObject<HTMLInputElement | null>;
  onChange: (value: string | undefined) => void;
};

/** Follows `given` when somebody else changes it, but never what it reported itself: more has been typed by then. */
function InstantText({
  className,
  given,
  label,
  placeholder,
  icon,
  hint,
  field,
  onChange,
}: InstantTextProps) {
  const { contacts } = useTexts();
  const [value, setValue] = useState(given ?? '');
  const [seen, setSeen] = useState(given);
  const [reported, setReported] = useState(given);
  if (given !== seen) {
    setSeen(given);
    if (given !== reported) setValue(given ?? '');
  }
  const report = useDebouncedCallback((text: string) => {
    const wanted = text.trim() || undefined;
    setReported(wanted);
    onChange(wanted);
  }, TYPING_MS);
  const change = (text: string) => {
    setValue(text);
    report(text);
  };
  return (
    <TextInput
      ref={field}
      className={className}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      leftSection={icon}
      rightSection={
        value ? <CloseButton size="sm" aria-label={contacts.clear} onClick={() => change('')} /> : hint
      }
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
