/** The application as host: a thin layer over the generated commands. */

import { Channel } from "@tauri-apps/api/core";
import type { CommandError, SendingProgress, ShownCheck, WindowUpdate } from "./bindings";
import { commands } from "./bindings";
import type { BuilderHost } from "./builder";
import type { CacheHost } from "./cache";
import type { ConnectionsHost } from "./connections";
import type { ConversationsHost } from "./conversations";
import type { Host } from "./host";
import { DEFAULT_SETTINGS, HostError } from "./host";
import type { NoticesHost } from "./notices";
import { wholeAgain } from "./people";
import type { PlaybackHost, ScenariosHost } from "./playback";
import type { QueueHost } from "./queue";
import { whileSeen } from "./seen";
import type { TrafficHost } from "./traffic";
import type { TunnelHost } from "./tunnel";
import type { WindowsHost } from "./windows";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  if (settled.status === "error") throw new HostError(settled.error);
  return settled.data;
}

/** Every so many messages the shell hears how many were taken; it waits at sixteen. */
const TAKEN_EVERY = 4;

/** By the command that they are about: the last that was asked of the shell. */
const asked = new Map<unknown, Promise<unknown>>();

/** Asks when the shell has answered what was asked before, so that the order is kept. */
function inOrder<T>(of: unknown, ask: () => Promise<T>): Promise<T> {
  const before = asked.get(of) ?? Promise.resolve();
  const answer = before.then(ask, ask);
  asked.set(of, answer);
  return answer;
}

/**
 * Tells what comes through a channel, while the window can be seen. A shell that cannot be
 * reached has said so on the window's own channel already.
 *
 * @returns ends it.
 */
function watching<T>(
  onNews: (news: T) => void,
  watch: (channel: Channel<T>) => Promise<Answer<null>>,
  unwatch: () => Promise<Answer<null>>,
  onFailure: (error: HostError) => void = () => undefined,
): () => void {
  return whileSeen(() => {
    let current = true;
    const channel = new Channel<T>();
    let taken = 0;
    channel.onmessage = (news) => {
      if (!current) return;
      taken += 1;
      if (taken % TAKEN_EVERY === 0) {
        unwrap(commands.taken(channel.id, taken)).catch(() => undefined);
      }
      onNews(news);
    };
    inOrder(unwatch, () => unwrap(watch(channel))).catch((thrown: unknown) => {
      if (current) onFailure(HostError.from(thrown));
    });
    return () => {
      current = false;
      inOrder(unwatch, () => unwrap(unwatch())).catch(() => undefined);
    };
  });
}

export function tauriHost(): Host {
  return {
    kind: "application",
    simulatorView: () => unwrap(commands.simulatorView()),
    act: (action) => unwrap(commands.simulatorAct(action)),
    letPass: (millis) => unwrap(commands.simulatorLetPass(millis)),
    addPerson: (name, follows, language) =>
      unwrap(commands.simulatorAddPerson(name, follows, language)),
    setFollows: (person, follows) => unwrap(commands.simulatorSetFollows(person, follows)),
    setUnsubscribed: (person, unsubscribed) =>
      unwrap(commands.simulatorSetUnsubscribed(person, unsubscribed)),
    reset: () => unwrap(commands.simulatorReset()),
    deliveryBody: (delivery) => unwrap(commands.deliveryBody(delivery)),
    builder: tauriBuilder(),
    playback: tauriPlayback(),
    scenarios: tauriScenarios(),
    traffic: tauriTraffic(),
    queue: tauriQueue(),
    cache: tauriCache(),
    tunnel: tauriTunnel(),
    notices: tauriNotices(),
    connections: tauriConnections(),
    conversations: tauriConversations(),
    windows: tauriWindows(),
    listenerStatus: () => unwrap(commands.listenerStatus()),
    listenerStart: (port) => unwrap(commands.listenerStart(port)),
    listenerStop: () => unwrap(commands.listenerStop()),
    listenerAppSecret: () => unwrap(commands.listenerAppSecret()),
    sampleCurl: () => unwrap(commands.sampleCurl()),
    settings: async () => ({ ...DEFAULT_SETTINGS, ...(await unwrap(commands.settingsGet())) }),
    saveSettings: async (settings) => {
      await unwrap(commands.settingsSet(settings));
    },
    watch: (onUpdates, onFailure) => {
      // Each channel begins with everything.
      const whole = wholeAgain();
      return watching(
        (updates: WindowUpdate[]) => onUpdates(whole(updates)),
        commands.watch,
        commands.unwatch,
        onFailure,
      );
    },
  };
}

function tauriWindows(): WindowsHost {
  const done = async (answer: Promise<Answer<null>>) => {
    await unwrap(answer);
  };
  return {
    open: (screen, automation) => done(commands.windowOpen(screen, automation)),
    shows: (screen) => done(commands.windowShows(screen)),
    close: () => done(commands.windowClose()),
    quit: () => done(commands.quit()),
  };
}

function tauriPlayback(): PlaybackHost {
  return {
    run: (speed) => unwrap(commands.playbackRun(speed)),
    passUntil: (at) => unwrap(commands.playbackPassUntil(at)),
    moment: (number) => unwrap(commands.playbackMoment(number)),
    goTo: (number) => unwrap(commands.playbackGoTo(number)),
    fault: (fault) => unwrap(commands.playbackFault(fault)),
    nearest: (delivery) => unwrap(commands.playbackNearest(delivery)),
    setLanguage: (person, language) => unwrap(commands.simulatorSetLanguage(person, language)),
    setEmail: (person, email) => unwrap(commands.simulatorSetEmail(person, email)),
    put: (person, standing) => unwrap(commands.simulatorPut(person, standing)),
  };
}

function tauriScenarios(): ScenariosHost {
  return {
    list: () => unwrap(commands.scenariosList()),
    save: (name, about) => unwrap(commands.scenariosSave(name, about)),
    open: (file) => unwrap(commands.scenariosOpen(file)),
    run: (file) => unwrap(commands.scenariosRun(file)),
    rename: (file, name) => unwrap(commands.scenariosRename(file, name)),
    delete: (file) => unwrap(commands.scenariosDelete(file)),
    putBack: async (file, text) => {
      await unwrap(commands.scenariosPutBack(file, text));
    },
    import: (text) => unwrap(commands.scenariosImport(text)),
    text: (file) => unwrap(commands.scenariosText(file)),
    path: (file) => unwrap(commands.scenariosPath(file)),
  };
}

function tauriTraffic(): TrafficHost {
  return {
    watch: (onNews) =>
      watching(onNews, (channel) => commands.trafficWatch(channel), commands.trafficUnwatch),
    // What is looked at last is what is told from then on.
    look: (look) => inOrder(commands.trafficLook, () => unwrap(commands.trafficLook(look))),
    wanted: () => unwrap(commands.trafficWanted()),
    filter: (text, caret) => unwrap(commands.trafficFilter(text, caret)),
    search: (filter, before) => unwrap(commands.trafficSearch(filter, before)),
    find: (filter) => unwrap(commands.trafficFind(filter)),
    open: (delivery, refused) => unwrap(commands.trafficOpen(delivery, refused)),
    send: (sending) => unwrap(commands.trafficSend(sending)),
    sendAll(sendings, onProgress) {
      const channel = new Channel<SendingProgress>();
      channel.onmessage = onProgress;
      return unwrap(commands.trafficSendAll(sendings, channel));
    },
    stopSending: async () => {
      await unwrap(commands.trafficSendStop());
    },
    check: (body) => unwrap(commands.trafficCheck(body)),
    templates: () => unwrap(commands.trafficTemplates()),
    curl: (body, freshness, url, secret) =>
      unwrap(commands.trafficCurl(body, freshness, url, secret)),
    saveFixture: (name, body) => unwrap(commands.trafficSaveFixture(name, body)),
    saveScenario: (delivery, name) => unwrap(commands.trafficSaveScenario(delivery, name)),
    filters: () => unwrap(commands.trafficFilters()),
    saveFilter: (name, filter) => unwrap(commands.trafficSaveFilter(name, filter)),
    forgetFilter: (name) => unwrap(commands.trafficForgetFilter(name)),
  };
}

function tauriConnections(): ConnectionsHost {
  return {
    list: () => unwrap(commands.connectionsList()),
    draft: (name) => unwrap(commands.connectionsDraft(name)),
    save: (draft, instead) => unwrap(commands.connectionsSave(draft, instead)),
    duplicate: (name) => unwrap(commands.connectionsDuplicate(name)),
    remove: (name) => unwrap(commands.connectionsRemove(name)),
    putBack: () => unwrap(commands.connectionsPutBack()),
    check(name, online, onSoFar) {
      const channel = new Channel<ShownCheck[]>();
      channel.onmessage = onSoFar;
      return unwrap(commands.connectionsCheck(name, online, channel));
    },
    testMetrics: (address) => unwrap(commands.connectionsTestMetrics(address)),
    createIndexes: (name) => unwrap(commands.connectionCreateIndexes(name)),
    forgetSeen: async () => {
      await unwrap(commands.connectionsForgetSeen());
    },
    status: () => unwrap(commands.connectionStatus()),
    connect: (name) => unwrap(commands.connectionOpen(name)),
    disconnect: () => unwrap(commands.connectionClose()),
    arm: (name, minutes) => unwrap(commands.connectionArm(name, minutes)),
    disarm: () => unwrap(commands.connectionDisarm()),
    letWork: (on) => unwrap(commands.connectionLetWork(on)),
    readEnv: (text) => unwrap(commands.connectionsReadEnv(text)),
    importEnv: (text, name) => unwrap(commands.connectionsImportEnv(text, name)),
    listener: () => unwrap(commands.listenerDetails()),
    addSecret: (name, secret, accounts) =>
      unwrap(commands.listenerAddSecret(name, secret, accounts)),
    removeSecret: (name) => unwrap(commands.listenerRemoveSecret(name)),
    putBackSecret: (profile) => unwrap(commands.listenerPutBackSecret(profile)),
    newToken: () => unwrap(commands.listenerNewToken()),
    setToken: (token) => unwrap(commands.listenerSetToken(token)),
    accounts: () => unwrap(commands.accountsList()),
    saveAccount: (account, isNew) => unwrap(commands.accountSave(account, isNew)),
    findAutomations: (text) => unwrap(commands.connectionAutomations(text)),
    audit: (part, text, before) => unwrap(commands.auditSearch(part, text, before)),
    exportAudit: (part, text) => unwrap(commands.auditExport(part, text)),
  };
}

function tauriConversations(): ConversationsHost {
  return {
    watch: (onNews) =>
      watching(
        onNews,
        (channel) => commands.conversationsWatch(channel),
        commands.conversationsUnwatch,
      ),
    look: (look) =>
      inOrder(commands.conversationsLook, () => unwrap(commands.conversationsLook(look))),
    open: (account, contact) => unwrap(commands.conversationsOpen(account, contact)),
    earlier: (account, contact, before) =>
      unwrap(commands.conversationsEarlier(account, contact, before)),
    find: (text) => unwrap(commands.conversationsFind(text)),
    set: (change) => unwrap(commands.conversationsSet(change)),
    undo: (number) => unwrap(commands.conversationsUndo(number)),
    pick: (look) => unwrap(commands.conversationsPick(look)),
    bulk: (change, people) => unwrap(commands.conversationsBulk(change, [...people])),
    stopBulk: async () => {
      await unwrap(commands.conversationsBulkStop());
    },
    bulkOutcomes: () => unwrap(commands.conversationsBulkOutcomes()),
    closeBulk: async () => {
      await unwrap(commands.conversationsBulkClose());
    },
    findStrays: () => unwrap(commands.conversationsFindStrays()),
    stopStrays: async () => {
      await unwrap(commands.conversationsStopStrays());
    },
    exportPeople: (look, chosen) =>
      unwrap(commands.conversationsExport(look, chosen && [...chosen])),
  };
}

function tauriTunnel(): TunnelHost {
  const done = async (answer: Promise<Answer<null>>) => {
    await unwrap(answer);
  };
  return {
    watch: (onNews) =>
      watching(onNews, (channel) => commands.tunnelWatch(channel), commands.tunnelUnwatch),
    settings: () => unwrap(commands.tunnelSettings()),
    keep: (settings) => done(commands.tunnelKeep(settings)),
    programs: () => unwrap(commands.tunnelPrograms()),
    start: (settings) => done(commands.tunnelStart(settings)),
    stop: () => done(commands.tunnelStop()),
    look: () => done(commands.tunnelLook()),
    check: () => unwrap(commands.tunnelCheck()),
    accounts: () => unwrap(commands.subscriptionsAccounts()),
    subscribeAccount: (account) => unwrap(commands.subscriptionsSubscribeAccount(account)),
    app: (appId, secret) => unwrap(commands.subscriptionsApp(appId, secret)),
    subscribeApp: (appId, secret) => unwrap(commands.subscriptionsSubscribeApp(appId, secret)),
  };
}

function tauriNotices(): NoticesHost {
  return {
    watch: (onNews) =>
      watching(onNews, (channel) => commands.noticesWatch(channel), commands.noticesUnwatch),
    read: async () => {
      await unwrap(commands.noticesRead());
    },
    clear: async () => {
      await unwrap(commands.noticesClear());
    },
  };
}

function tauriQueue(): QueueHost {
  return {
    watch: (onNews) =>
      watching(onNews, (channel) => commands.queueWatch(channel), commands.queueUnwatch),
    jobs: (state, reason, skip, most) => unwrap(commands.queueJobs(state, reason, skip, most)),
    job: (id) => unwrap(commands.queueJob(id)),
    retry: (choice) => unwrap(commands.queueRetry(choice)),
    promote: (choice) => unwrap(commands.queuePromote(choice)),
    choose: (from, choice) => unwrap(commands.queueChoose(from, choice)),
    write: (ids) => unwrap(commands.queueWrite(ids)),
    discard: (from, choice) => unwrap(commands.queueDiscard(from, choice)),
    restore: () => unwrap(commands.queueRestore()),
    sends: (reason, skip, most) => unwrap(commands.queueSends(reason, skip, most)),
    chooseSends: (choice) => unwrap(commands.queueChooseSends(choice)),
    writeSends: (ids) => unwrap(commands.queueWriteSends(ids)),
    forgetSends: (ids) => unwrap(commands.queueForgetSends(ids)),
    askAgain: (choice) => unwrap(commands.queueAskAgain(choice)),
    sendAgain: (ids) => unwrap(commands.queueSendAgain(ids)),
    pause: async () => {
      await unwrap(commands.queuePause());
    },
    resume: async (merging) => {
      await unwrap(commands.queueResume(merging));
    },
  };
}

function tauriCache(): CacheHost {
  return {
    watch: (span, source, onNews) =>
      watching(
        onNews,
        (channel) => commands.cacheWatch(span, source, channel),
        commands.cacheUnwatch,
      ),
    keys: (search) => unwrap(commands.cacheKeys(search)),
    open: (key) => unwrap(commands.cacheOpen(key)),
    invalidate: (keys) => unwrap(commands.cacheInvalidate(keys)),
    invalidateAll: (collection) => unwrap(commands.cacheInvalidateAll(collection)),
    scan: () => unwrap(commands.cacheScan()),
    cancelScan: async () => {
      await unwrap(commands.cacheScanCancel());
    },
    findings: () => unwrap(commands.cacheFindings()),
  };
}

function tauriBuilder(): BuilderHost {
  const done = async (answer: Promise<Answer<null>>) => {
    await unwrap(answer);
  };
  return {
    library: () => unwrap(commands.builderLibrary()),
    open: (id) => unwrap(commands.builderOpen(id)),
    save: (automation, revision, onto) => unwrap(commands.builderSave(automation, revision, onto)),
    discard: (id) => done(commands.builderDiscard(id)),
    publish: (id, over) => unwrap(commands.builderPublish(id, over)),
    templates: () => unwrap(commands.builderTemplates()),
    create: (template) => unwrap(commands.builderCreate(template)),
    duplicate: (id) => unwrap(commands.builderDuplicate(id)),
    toggle: (id, isActive) => done(commands.builderToggle(id, isActive)),
    reorder: (order) => done(commands.builderReorder(order)),
    archive: (id) => done(commands.builderArchive(id)),
    delete: (id) => done(commands.builderDelete(id)),
    bringBack: (id) => done(commands.builderBringBack(id)),
    versions: (id) => unwrap(commands.builderVersions(id)),
    testTexts: (automation, texts) => unwrap(commands.builderTestTexts(automation, texts)),
    exportFile: (ids) => unwrap(commands.builderExport(ids)),
    importText: (text) => unwrap(commands.builderImport(text)),
    explore: (automation) => unwrap(commands.builderExplore(automation)),
    overlay: (id, period) => unwrap(commands.builderOverlay(id, period)),
  };
}
