import { useEffect, useState } from "react";
import { useSession } from "@/features/session/context";
import { Button, IconButton } from "@/shared/Button";
import { copyText } from "@/shared/clipboard";
import { texts } from "@/texts";

interface CopyButtonProps {
  /** What is copied; or how to get it when the button is pressed. */
  text: string | (() => Promise<string | null>);
  label: string;
  small?: boolean;
  disabled?: boolean;
  testId?: string;
}

/** Copies, and says for a moment that it did. */
export function CopyButton({ text, label, small, disabled, testId }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const tell = useSession((session) => session.tell);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    const wanted = typeof text === "string" ? text : await text();
    if (wanted === null) return;
    if (await copyText(wanted)) setCopied(true);
    else tell({ kind: "warning", text: texts.why.copyFailed });
  };

  if (small) {
    return (
      <IconButton
        small
        icon={copied ? "check" : "copy"}
        label={copied ? texts.why.copied : label}
        disabled={disabled}
        data-testid={testId}
        onClick={() => void copy()}
      />
    );
  }
  return (
    <Button
      icon={copied ? "check" : "copy"}
      disabled={disabled}
      data-testid={testId}
      onClick={() => void copy()}
    >
      {copied ? texts.why.copied : label}
    </Button>
  );
}
