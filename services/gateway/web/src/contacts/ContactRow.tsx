import { Text } from '@mantine/core';
import { memo } from 'react';
import type { Contact } from '@/api/types';
import { Initials } from '@/ui/Initials';
import { phoneText } from './contactParts';
import { RoleBadges } from './RoleBadges';
import classes from './ContactList.module.css';

type Props = {
  contact: Contact;
  index: number;
  top: number;
  active: boolean;
  selected: boolean;
};

/** Drawn once and then only moved: its list changes with every frame of scrolling, and hears the clicks for it. */
export const ContactRow = memo(function ContactRow({ contact, index, top, active, selected }: Props) {
  const [phone] = contact.phones;
  const detail = [contact.trade_name, contact.tax_id].filter(Boolean).join(' · ');
  return (
    <div
      id={`contact-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      data-active={active || undefined}
      className={`${classes.columns} ${classes.row}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="gridcell" className={classes.name}>
        <Initials name={contact.name} kind={contact.kind} />
        <span className={classes.nameText}>
          <Text span fz={14} fw={560} truncate display="block">
            {contact.name}
          </Text>
          {detail && (
            <Text span fz={12.5} c="dimmed" truncate display="block">
              {detail}
            </Text>
          )}
        </span>
      </span>
      <span role="gridcell">
        <RoleBadges roles={contact.roles} />
      </span>
      <Cell column="email">{contact.emails[0]}</Cell>
      <Cell column="phone">{phone && phoneText(phone)}</Cell>
      <Cell column="city">{cityOf(contact)}</Cell>
    </div>
  );
});

function Cell({ column, children }: { column: string; children?: string }) {
  return (
    <Text span role="gridcell" data-column={column} fz={13.5} c="dimmed" truncate>
      {children}
    </Text>
  );
}

function cityOf({ billing_address }: Contact): string | undefined {
  const city: unknown = billing_address?.city;
  return typeof city === 'string' ? city : undefined;
}
