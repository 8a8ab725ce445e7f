import type { AnyRouter } from '@tanstack/react-router';

/** The code of the page that was asked for comes while it is asked who is there, and not only afterwards. */
export function fetchRoutes({ getMatchedRoutes, latestLocation, loadRouteChunk }: AnyRouter): void {
  for (const route of getMatchedRoutes(latestLocation.pathname)[0]) void loadRouteChunk(route);
}
