import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CompanyMark } from '@/ui/CompanyMark';
import { DoorPage } from '@/ui/DoorPage';
import { companyQuery } from './client';
import { useTexts } from './texts';
import { usePageTitle } from '@/ui/usePageTitle';

type Props = { title: string; hint?: string; children: ReactNode };

/** A page before the login, in the name of the company whose link was followed. */
export function ClientDoor(props: Props) {
  const { portal } = useTexts();
  const { data: company } = useQuery({ ...companyQuery(undefined), enabled: false });
  usePageTitle(props.title, company?.name ?? portal.title);
  return (
    <DoorPage
      mark={<CompanyMark company={company ?? { name: portal.title, logo_url: null }} height={56} />}
      {...props}
    />
  );
}
