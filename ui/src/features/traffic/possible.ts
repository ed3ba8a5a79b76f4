/** What can be done with a delivery, or with a request that was refused: the buttons of an
 * open one, and the menu of a row. */

import type { DeliveryId, RefusedId } from "@/host";

interface Known {
  deliveryId: DeliveryId | null;
  /** Of a request that was refused. */
  refusedId: RefusedId | null;
  /** Its body was kept. */
  hasBody: boolean;
}

export interface Possible {
  /** It goes once more, edited or as it was. */
  replay: boolean;
  /** It is posted with a signature that holds. */
  sign: boolean;
  curl: boolean;
  fixture: boolean;
  /** What was decided is saved with it. */
  scenario: boolean;
}

export function possible({ deliveryId, refusedId, hasBody }: Known): Possible {
  const isDelivery = deliveryId !== null;
  return {
    replay: hasBody && isDelivery,
    sign: hasBody && !isDelivery && refusedId !== null,
    curl: hasBody,
    fixture: hasBody,
    scenario: hasBody && isDelivery,
  };
}
