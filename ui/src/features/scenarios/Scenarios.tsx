import { useRef, useState } from "react";
import { useStores } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { ScenarioList } from "./ScenarioList";

/** Saved conversations: kept, run as tests, opened again. */
export function Scenarios() {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { looking } = useStores();
  return (
    <>
      <Button
        ref={anchor}
        icon="scenarios"
        title={texts.playback.scenarios.open}
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid="scenarios-open"
        onClick={() => setOpen(!open)}
      >
        {texts.playback.scenarios.title}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.playback.scenarios.title}
        width={540}
      >
        <ScenarioList
          onOpened={() => {
            looking.getState().forget();
            setOpen(false);
          }}
        />
      </Popover>
    </>
  );
}
