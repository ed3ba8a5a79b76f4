import { TrafficScreen } from "@/features/traffic/TrafficScreen";

/** Every delivery as it arrives: listed, opened, sent again, composed. */
export function Traffic() {
  return <TrafficScreen />;
}
