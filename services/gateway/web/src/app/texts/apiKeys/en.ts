import type { ApiKeyTexts } from './es';

export const apiKeyTexts: ApiKeyTexts = {
  title: 'API keys',
  hint: 'With a key a program comes in on your behalf, without a password. It can never do more than you, and ends with you.',
  add: 'New key',
  make: 'Create key',
  none: 'There are no keys',
  noneHint: 'Create one for each program: then you can take it from one without touching the others.',
  name: 'Name',
  nameHint: 'Which program will use it.',
  scopes: 'What it may do',
  scopesHint:
    'Tick only what it needs. Who writes without reading is answered with the id and the version only.',
  scopesMissing: 'Tick one at least.',
  read: 'Read',
  write: 'Write',
  users: 'People of the team',
  usersHint: 'Read who there is, and what happens to people and keys. Only a person can change them.',
  lifetime: 'Expires',
  lifetimeHint: 'What was made with it, such as previews or webhooks, ends with the key.',
  once: 'Copy it now: it is not shown again, and kept nowhere.',
  key: 'Key',
  copy: 'Copy',
  copied: 'Copied',
  kept: 'I have kept it',
  lasts: 'Does not expire',
  unused: 'Not used yet',
  removeHint: 'The program is locked out at once, and so are the keys that were made with it.',
  madeTitle: (name: string) => `Key “${name}” created`,
  removeAsk: (name: string) => `Delete the key “${name}”?`,
  removed: (name: string) => `The key “${name}” is no longer good.`,
  made: (when: string) => `Created ${when}`,
  expires: (when: string) => `Expires ${when}`,
  used: (when: string) => `Used ${when}`,
  lifetimes: { '30': 'In 30 days', '90': 'In 90 days', '365': 'In a year', never: 'Never' },
  nouns: {
    contacts: {
      name: 'Contacts',
      hint: 'Reading shows people, addresses and bank accounts too. Writing creates, changes, deletes and restores.',
    },
    documents: {
      name: 'Documents',
      hint: 'Reading shows products, payments, reports and who gets each mail too. Writing creates, approves, voids and records payments; mailing takes reading as well.',
    },
    portal: {
      name: 'Client portal',
      hint: 'Writing lets clients in: it sets passwords and says which e-mails open the portal, so whoever has it can come to see what a client sees. A preview takes reading the portal and documents as well.',
    },
    crm: {
      name: 'Activities, opportunities and notes',
      hint: 'Reading shows the text of notes and reasons too. Writing creates, changes and deletes.',
    },
    files: { name: 'Files', hint: 'Reading downloads. Writing uploads and deletes.' },
    notifications: {
      name: 'Messages and webhooks',
      hint: 'Reading shows what was mailed, with its text and recipients. Writing resends or cancels it and makes webhooks, which get only what the key may read.',
    },
    organization: {
      name: 'Company',
      hint: 'Reading shows the company’s data and the list of keys. Writing changes them and makes other keys, never with more than this one may.',
    },
    operations: {
      name: 'Operations',
      hint: 'Reading shows events that could not be handled, with their content. Writing replays or discards them.',
    },
  },
};
