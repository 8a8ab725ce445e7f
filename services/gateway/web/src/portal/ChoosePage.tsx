import { useSuspenseQuery } from '@tanstack/react-query';
import { ClientDoor } from './ClientDoor';
import { enter, offerQuery } from './client';
import { PortalChoices } from './PortalChoices';
import { useTexts } from './texts';

/** One e-mail and password open several portals: which one now. */
export function ChoosePage() {
  const texts = useTexts();
  const { data: offer } = useSuspenseQuery(offerQuery);
  return (
    <ClientDoor title={texts.choose.title} hint={texts.choose.hint}>
      <PortalChoices choices={offer.choices} open={offer.chosen} onChosen={enter} />
    </ClientDoor>
  );
}
