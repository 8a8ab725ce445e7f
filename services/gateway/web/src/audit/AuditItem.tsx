import { Anchor, Badge, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AuditChange, AuditEntry } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { agentName } from './agent';
import { sentenceOf } from './audit';
import classes from './AuditPage.module.css';

/** A sentence, what was changed, and from where. */
export function AuditItem({ entry }: { entry: AuditEntry }) {
  const { audit } = useTexts();
  const { moment, number } = useFormats();
  const { subject, reason, changes, address, user_agent, times } = entry;
  const circumstances = [
    reason && audit.reasons[reason],
    address && audit.from(address),
    user_agent && agentName(user_agent),
  ].filter(Boolean);
  return (
    <li className={classes.item}>
      <div>
        <Text fz={14} fw={530} style={{ overflowWrap: 'anywhere' }}>
          {sentenceOf(entry, audit)}{' '}
          {times > 1 && (
            <Badge variant="light" color="gray" tt="none" fw={550} radius="sm">
              {audit.times(number(times))}
            </Badge>
          )}
        </Text>
        {circumstances.length > 0 && (
          <Text fz={12.5} c="dimmed" style={{ overflowWrap: 'anywhere' }} title={user_agent ?? undefined}>
            {circumstances.join(' · ')}
          </Text>
        )}
        {changes.map((change) => (
          <Change key={change.field} change={change} />
        ))}
        {subject?.kind === 'contact' && (
          <Anchor
            fz={12.5}
            renderRoot={(props) => (
              <Link to="/contacts/$contactId" params={{ contactId: subject.id }} {...props} />
            )}
          >
            {audit.seeContact}
          </Anchor>
        )}
      </div>
      <Text component="time" dateTime={entry.at} fz={12.5} c="dimmed" className="figures">
        {moment(entry.at)}
      </Text>
    </li>
  );
}

function Change({ change: { field, before, after } }: { change: AuditChange }) {
  const { audit } = useTexts();
  const { moment } = useFormats();
  const shown = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return audit.empty;
    if (typeof value === 'boolean') return value ? audit.yes : audit.no;
    if (typeof value === 'object') return Object.values(value).filter(Boolean).map(shown).join(', ');
    if (typeof value !== 'string') return JSON.stringify(value);
    return field.endsWith('_at') ? moment(value) : value;
  };
  const made = before === null && after !== null;
  return (
    <Text fz={12.5} c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {audit.fields[field] ?? field}: {!made && `${shown(before)} → `}
      {shown(after)}
    </Text>
  );
}
