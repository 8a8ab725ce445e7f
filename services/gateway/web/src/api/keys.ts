/** Every query key there is. What belongs to a contact lies below `contact(id)`, so that one word refreshes it all. */
import type { Side } from './types';

export type ContactFilters = { q: string; role?: string; kind?: string; tag?: string; sort?: string };

export const keys = {
  session: ['session'] as const,
  organization: ['organization'] as const,
  apiKeys: ['api-keys'] as const,
  users: ['users'] as const,
  audit: (query: object) => ['audit', query] as const,
  contacts: ['contacts'] as const,
  contactLists: ['contacts', 'list'] as const,
  contactList: (filters: ContactFilters) => ['contacts', 'list', filters] as const,
  contactSearch: (kind: string, q: string) => ['contacts', 'search', kind, q] as const,
  contact: (id: string) => ['contact', id] as const,
  contactCard: (id: string) => ['contact', id, 'card'] as const,
  panels: (id: string) => ['contact', id, 'panel'] as const,
  panel: (id: string, year?: number) => ['contact', id, 'panel', year ?? 'present'] as const,
  year: (id: string, year: number) => ['contact', id, 'year', year] as const,
  documents: (id: string, side: Side) => ['contact', id, 'documents', side] as const,
  activities: (id: string, open: boolean) => ['contact', id, 'activities', open] as const,
  opportunities: (id: string, status: string) => ['contact', id, 'opportunities', status] as const,
  files: (id: string) => ['contact', id, 'files'] as const,
  notes: (id: string) => ['contact', id, 'notes'] as const,
  messages: (id: string) => ['contact', id, 'messages'] as const,
  messageList: (id: string, documentId?: string) => ['contact', id, 'messages', documentId ?? 'all'] as const,
  report: (id: string, side: Side, from: string, to: string) =>
    ['contact', id, 'report', side, from, to] as const,
  anyDocument: ['document'] as const,
  document: (id: string) => ['document', id] as const,
  payments: (documentId: string) => ['document', documentId, 'payments'] as const,
  recipients: (documentId: string) => ['document', documentId, 'recipients'] as const,
  products: (q: string) => ['products', q] as const,
  taxes: (on: string) => ['taxes', on] as const,
  pipelines: ['pipelines'] as const,
};
