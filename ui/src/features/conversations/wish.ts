/** What a row's menu wants asked about somebody: it is asked where they are open, once their
 * history and what is held of them are there to be looked at. */

import { createStore } from "zustand/vanilla";
import type { Asking } from "./person/Actions";
import type { Whom } from "./store";

export interface Wish {
  whom: Whom | null;
  asking: Asking | null;
}

export const NO_WISH: Wish = { whom: null, asking: null };

export const wishes = createStore<Wish>()(() => NO_WISH);
