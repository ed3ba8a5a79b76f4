import type { CacheServerNow } from "@/host";
import { count } from "@/shared/number";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Cache.module.css";
import { useCache } from "./context";
import { bytes, rate } from "./words";

/** The servers of the cache, a line each. */
export function Servers() {
  const servers = useCache((state) => state.news?.servers) ?? [];
  const failed = useCache((state) => state.news?.serversFailed ?? null);
  const t = texts.cache.server;
  return (
    <ul className={styles.servers} aria-label={t.label} data-testid="cache-servers">
      {failed !== null && (
        <li className={styles.bad} role="alert">
          {t.failed(failed)}
        </li>
      )}
      {servers.length === 0 && failed === null && <li>{t.asking}</li>}
      {servers.map((server) => (
        <Server key={server.address} server={server} />
      ))}
    </ul>
  );
}

function Server({ server }: { server: CacheServerNow }) {
  const t = texts.cache.server;
  const lookups = server.hits + server.misses;
  const limit = server.memoryLimit === null ? null : bytes(server.memoryLimit);
  const facts = [
    server.role,
    t.memory(bytes(server.memoryBytes), limit),
    server.policy,
    t.keys(server.keys),
    server.clients === null ? "" : t.clients(server.clients),
    server.commandsPerSecond === null ? "" : t.commands(server.commandsPerSecond),
    t.expired(server.expired),
  ].filter((fact) => fact !== "");
  return (
    <li>
      <b>
        {[server.name === "Memory" ? t.own : server.name, server.address].filter(Boolean).join(" ")}
      </b>
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      <span className={server.evicted > 0 ? styles.bad : undefined}>
        {t.evicted(server.evicted)}
      </span>
      {lookups > 0 && (
        <span title={`${t.hitsHint}: ${count(lookups)}`}>
          {t.hits(rate(server.hits / lookups))}
        </span>
      )}
      {server.uptimeMs !== null && <span>{t.up(spoken(server.uptimeMs))}</span>}
    </li>
  );
}
