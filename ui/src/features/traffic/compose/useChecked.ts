import { useEffect, useState } from "react";
import type { Checked } from "@/host";
import { useTrafficHost } from "../context";

/** What a body is, a moment after it was typed; null until that is known. */
export function useChecked(body: string): Checked | null {
  const host = useTrafficHost();
  const [checked, setChecked] = useState<{ body: string; is: Checked } | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      host.check(body).then(
        (is) => {
          if (current) setChecked({ body, is });
        },
        () => undefined,
      );
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [host, body]);
  return checked?.body === body ? checked.is : null;
}
