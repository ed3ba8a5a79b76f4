import { Button } from "./Button";
import type { Action } from "./RowMenu";

/** Actions as buttons. */
export function ActionButtons({ actions }: { actions: readonly Action[] }) {
  return actions.map(({ id, label, icon, look, disabled, title, run }) => (
    <Button
      key={id}
      {...(icon && { icon })}
      {...(look && { look })}
      disabled={disabled}
      title={title}
      data-testid={id}
      onClick={run}
    >
      {label}
    </Button>
  ));
}
