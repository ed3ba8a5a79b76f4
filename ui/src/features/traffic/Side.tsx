import { texts } from "@/texts";
import { Compose } from "./compose/Compose";
import { Many } from "./compose/Many";
import { SIGNED } from "./compose/Where";
import { useTraffic } from "./context";
import { Delivery } from "./detail/Delivery";
import styles from "./Traffic.module.css";

/** The half at the right: a delivery that is open, or one that is being sent. */
export function Side() {
  const side = useTraffic((state) => state.side);
  if (side.shows === "nothing") return null;
  return (
    <section
      className={styles.side}
      aria-label={texts.traffic.open.label}
      data-testid="traffic-side"
    >
      {side.shows === "delivery" && <Delivery />}
      {side.shows === "compose" && <Compose key="compose" />}
      {side.shows === "signed" && (
        <Compose key={`signed-${side.refused}`} begin={side.body} where={SIGNED} />
      )}
      {side.shows === "replay" && (
        <Compose key={side.delivery} delivery={side.delivery} begin={side.body} />
      )}
      {side.shows === "many" && <Many deliveries={side.deliveries} />}
    </section>
  );
}
