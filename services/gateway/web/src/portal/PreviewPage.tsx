import { Button, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { hasCode } from '@/api/problem';
import { ClientDoor } from './ClientDoor';
import { enter, logOut, meQuery, openPreview } from './client';
import { useTexts } from './texts';

/** Where staff's link leads. Its secret stands behind the #, and is taken out of the address before it is used. */
export function PreviewPage() {
  const texts = useTexts();
  const { preview } = texts;
  const hash = useLocation({ select: (location) => location.hash });
  const [token] = useState(hash);
  const opening = useMutation({
    mutationFn: (beside: boolean) => openPreview(token, beside),
    onSuccess: () => enter(),
  });
  const { mutate } = opening;
  useEffect(() => {
    window.history.replaceState(null, '', window.location.pathname);
    if (token) mutate(false);
  }, [token, mutate]);
  const asked = hasCode(opening.error, 'portal.already_inside');
  const { data: me } = useQuery({ ...meQuery, enabled: asked });
  if (asked) {
    return (
      <ClientDoor title={preview.inside} hint={preview.insideHint(me?.contact.name)}>
        <Stack gap="sm">
          <Button autoFocus onClick={() => mutate(true)} loading={opening.isPending}>
            {preview.open}
          </Button>
          <Button variant="default" onClick={() => enter()}>
            {preview.stay}
          </Button>
        </Stack>
      </ClientDoor>
    );
  }
  if (!token || opening.isError) {
    return (
      <ClientDoor title={token ? preview.void : preview.over} hint={preview.overHint}>
        <Button autoFocus fullWidth onClick={() => void logOut().then(() => enter())}>
          {preview.leave}
        </Button>
      </ClientDoor>
    );
  }
  return (
    <ClientDoor title={preview.opening}>
      <Loader aria-label={preview.opening} />
    </ClientDoor>
  );
}
