/** The window's icons: 16 by 16, one line weight, drawn for it. */

const PATHS = {
  add: "M8 3v10M3 8h10",
  play: "M5 3.2l8 4.8-8 4.8z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  scenarios: "M3 2.5h7l3 3v8H3zM5.5 8.5l1.8 1.8 3.2-3.6",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3L13 4.5",
  minus: "M4 8h8",
  left: "M10 3.5L5.5 8l4.5 4.5",
  right: "M6 3.5L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6",
  toEnd: "M3 4l4.5 4L3 12zM9 4l4.5 4L9 12z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  moon: "M13 9.6A5.4 5.4 0 0 1 6.4 3 5.4 5.4 0 1 0 13 9.6z",
  system: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5.2h4.6M8 8h6M8 10.8h4.6",
  keyboard: "M1.5 4.5h13v7h-13zM4 7h.01M6.5 7h.01M9 7h.01M11.5 7h.01M4.5 9.4h7",
  copy: "M5.5 5.5h7.5v8H5.5zM3 10.5v-8h7.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  send: "M8 13V3M3.8 7.2L8 3l4.2 4.2",
  image: "M2 3h12v10H2zM2.2 11l3.3-3.2 2.6 2.5 2.2-2 3.5 3.2M10.6 6.2h.01",
  video: "M2 4h8.5v8H2zM10.5 7l3.5-2v6l-3.5-2",
  audio: "M3 6.5v3M6 4v8M9 6v4M12 3.5v9",
  file: "M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3",
  hand: "M2.5 13.5l.7-3L10.7 3l2.3 2.3-7.5 7.5zM9 4.7L11.3 7",
  message: "M2.5 3h11v8H7l-3 2.6V11H2.5z",
  story:
    "M8 2a6 6 0 0 1 5.2 3M14 8a6 6 0 0 1-3 5.2M8 14a6 6 0 0 1-5.2-3M2 8a6 6 0 0 1 3-5.2M8 5.4v5.2M5.4 8h5.2",
  comment:
    "M8 2.5c3.4 0 6 2.3 6 5.2s-2.6 5.2-6 5.2c-.8 0-1.6-.1-2.3-.4L2.6 13.5l.8-2.6C2.5 10 2 8.9 2 7.7c0-2.9 2.6-5.2 6-5.2z",
  live: "M8 6.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8zM5 5a4.2 4.2 0 0 0 0 6M11 5a4.2 4.2 0 0 1 0 6M2.9 2.9a7.2 7.2 0 0 0 0 10.2M13.1 2.9a7.2 7.2 0 0 1 0 10.2",
  tap: "M6.2 8.5V3.2a1.1 1.1 0 0 1 2.2 0v4l3.3.8c.9.2 1.4 1 1.2 1.9l-.6 2.6c-.2.9-1 1.5-1.9 1.5H8c-.7 0-1.3-.3-1.7-.9L3.8 9.8c-.4-.6.3-1.5 1-1.1z",
  follow:
    "M6.5 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM1.8 13.5c.3-2.6 2.2-4 4.7-4 1.1 0 2.1.3 2.9.8M12 9v5M9.5 11.5h5",
  followed:
    "M6.5 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM1.8 13.5c.3-2.6 2.2-4 4.7-4 1.1 0 2.1.3 2.9.8M9.6 11.6l1.8 1.7 3.1-3.5",
  email: "M2 3.5h12v9H2zM2.3 4l5.7 4.8L13.7 4",
  bell: "M3.8 11.5h8.4c-1-1-1.4-2.2-1.4-4.6A2.8 2.8 0 0 0 8 4a2.8 2.8 0 0 0-2.8 2.9c0 2.4-.4 3.6-1.4 4.6zM6.8 13.4c.3.4.7.6 1.2.6s.9-.2 1.2-.6M8 4V2.6",
  muted:
    "M4.2 11h7.6c-.9-.9-1.2-1.9-1.2-4A2.7 2.7 0 0 0 8 4.2 2.7 2.7 0 0 0 5.4 7c0 2.1-.3 3.1-1.2 4zM6.8 12.8c.3.5.7.7 1.2.7s.9-.2 1.2-.7M2.5 2.5l11 11",
  silenced: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.3 5.8v4.4M9.7 5.8v4.4",
  lock: "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  reply: "M6.5 3.5L2.5 7.5l4 4M2.5 7.5h6.7c2.3 0 4.3 1.8 4.3 5",
  trash: "M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.5v4.5M9.3 6.5v4.5",
  heart:
    "M8 13.2C4.7 11 2.3 8.9 2.3 6.2c0-1.7 1.3-3 2.9-3 1.2 0 2.2.7 2.8 1.8.6-1.1 1.6-1.8 2.8-1.8 1.6 0 2.9 1.3 2.9 3 0 2.7-2.4 4.8-5.7 7z",
  warning: "M8 2.5l6.3 11H1.7zM8 6.5v3.3M8 11.7h.01",
  failed: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.7M8 10.8h.01",
  retry: "M13 5.5A5.5 5.5 0 1 0 13.5 8M13.5 2.5v3.3h-3.3",
  link: "M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4M13.3 2.7L7.5 8.5",
  bolt: "M9 1.8L3.5 9H7.5L7 14.2 12.5 7H8.5z",
  flag: "M3.5 14V2.5h8.5L10 5.5l2 3H3.5",
  listener: "M8 8v6M5.5 10.5a3.5 3.5 0 1 1 5 0M3.4 12.6a6.5 6.5 0 1 1 9.2 0M8 8h.01",
  ring: "M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  people:
    "M5.7 3a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM1.7 13c.3-2.3 1.9-3.6 4-3.6s3.7 1.3 4 3.6M10.5 3.3a2.2 2.2 0 0 1 0 4.1M11.5 9.7c1.6.4 2.6 1.6 2.8 3.3",
  flow: "M5.5 2.5h5v3h-5zM5.5 10.5h5v3h-5zM8 5.5v5M6.3 8.8L8 10.5l1.7-1.7",
  why: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.3 6.3c0-1 .8-1.6 1.7-1.6s1.7.6 1.7 1.5c0 1.3-1.7 1.4-1.7 2.8M8 11.2h.01",
  arrow: "M2.5 8h10.5M9 4l4 4-4 4",
  store:
    "M3 4c0-1 2.2-1.7 5-1.7S13 3 13 4s-2.2 1.7-5 1.7S3 5 3 4zM3 4v8c0 1 2.2 1.7 5 1.7s5-.7 5-1.7V4M3 8c0 1 2.2 1.7 5 1.7S13 9 13 8",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2",
  undo: "M6 3L2.8 6.2 6 9.4M3 6.2h6.2a3.6 3.6 0 0 1 0 7.3H6.5",
  redo: "M10 3l3.2 3.2L10 9.4M13 6.2H6.8a3.6 3.6 0 0 0 0 7.3h2.7",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  cards: "M5 3h6v10H5zM2.5 5v6M13.5 5v6",
  up: "M3.5 10L8 5.5l4.5 4.5",
  braces:
    "M6 2.5c-1.6 0-2 .7-2 2v1.7c0 1-.5 1.6-1.5 1.8 1 .2 1.5.8 1.5 1.8v1.7c0 1.3.4 2 2 2M10 2.5c1.6 0 2 .7 2 2v1.7c0 1 .5 1.6 1.5 1.8-1 .2-1.5.8-1.5 1.8v1.7c0 1.3-.4 2-2 2",
  queue: "M3 5.5V3.5h10v2M3 8h10M3 10.5v2h10v-2M8 5.2v5.6",
  traffic: "M2.5 4.5h8M2.5 8h11M2.5 11.5h5M12 3l1.5 1.5L12 6",
  plug: "M6 2v3.5M10 2v3.5M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5V14",
  cache: "M3 5.2L8 2.5l5 2.7L8 8zM3 8l5 2.8L13 8M3 10.8l5 2.7 5-2.7",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  name: IconName;
  /** A name for those who do not see it; without one it is decoration. */
  label?: string | undefined;
  size?: 12 | 14 | 16 | 20;
  className?: string | undefined;
}

export function Icon({ name, label, size = 16, className }: IconProps) {
  const shape = (
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" || name === "grip" ? 2.4 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
  const frame = { width: size, height: size, viewBox: "0 0 16 16", className, focusable: false };
  return label ? (
    <svg {...frame} role="img" aria-label={label}>
      <title>{label}</title>
      {shape}
    </svg>
  ) : (
    <svg {...frame} aria-hidden="true">
      {shape}
    </svg>
  );
}
