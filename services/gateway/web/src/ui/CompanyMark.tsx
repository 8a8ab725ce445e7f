import { Group, Text } from '@mantine/core';
import { Initials } from './Initials';
import classes from './CompanyMark.module.css';

type Props = { company: { name: string; logo_url: string | null }; height?: number };

/** The company's logo, else its initials and name. */
export function CompanyMark({ company, height = 34 }: Props) {
  if (company.logo_url) {
    return (
      <img src={company.logo_url} alt={company.name} className={classes.logo} style={{ maxHeight: height }} />
    );
  }
  return (
    <Group gap={11} wrap="nowrap" miw={0}>
      <Initials name={company.name} kind="company" size={Math.min(height, 40)} />
      <Text span fw={640} fz={16} truncate>
        {company.name}
      </Text>
    </Group>
  );
}
