import type { ReactNode } from 'react';
import type { DocumentStatus, DocumentType } from '@/api/types';
import { useWords } from '@/i18n/words';
import { StatusBadge } from './StatusBadge';
import classes from './Relations.module.css';

type Relative = { id: string; type: DocumentType; number: string | null; status: DocumentStatus };

type Props<Other extends Relative> = {
  document: { source: Other | null; became: Other[]; corrects: Other | null; corrected_by: Other[] };
  /** The way to it; staff and client have different ones. */
  linkTo: (other: Other, name: string) => ReactNode;
};

/** What a document came from and what became of it, for staff and client alike. */
export function Relations<Other extends Relative>({ document, linkTo }: Props<Other>) {
  const { relations: texts, documentTypes } = useWords();
  const { source, became, corrects, corrected_by } = document;
  const relations = [
    [texts.source, source ? [source] : []],
    [texts.corrects, corrects ? [corrects] : []],
    [texts.became, became],
    [texts.correctedBy, corrected_by],
  ] as const;
  if (relations.every(([, others]) => others.length === 0)) return null;
  return (
    <dl className={classes.relations}>
      {relations.map(
        ([name, others]) =>
          others.length > 0 && (
            <div key={name}>
              <dt>{name}</dt>
              {others.map((other) => (
                <dd key={other.id}>
                  {linkTo(other, `${documentTypes[other.type]} ${other.number ?? ''}`.trim())}
                  {LOUD.has(other.status) && <StatusBadge document={{ ...other, overdue: false }} />}
                </dd>
              ))}
            </div>
          ),
      )}
    </dl>
  );
}

/** Those that are not what their name promises: no invoice yet, or none any more. */
const LOUD = new Set<DocumentStatus>(['draft', 'voided']);
