import { Fragment } from "react";
import { piecesOf } from "../document/variables";
import styles from "./Canvas.module.css";

/** A text in short, with its variables told apart from its words. */
export function Words({ text }: { text: string }) {
  return (
    <p className={styles.words}>
      {piecesOf(text).map((piece, index) =>
        piece.kind === "words" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no ids.
          <Fragment key={index}>{piece.text}</Fragment>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no ids.
          <span key={index} className={styles.variable} title={`{{${piece.name}}}`}>
            {piece.fallback || piece.name}
          </span>
        ),
      )}
    </p>
  );
}
