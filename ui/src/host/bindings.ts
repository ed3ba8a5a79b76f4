// Written by hand to the contract until `cargo xtask codegen bindings` replaces it.
import { invoke as __TAURI_INVOKE, Channel } from "@tauri-apps/api/core";

export const commands = {
	simulatorView: () => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_view")),
	simulatorAct: (action: Action) => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_act", { action })),
	simulatorLetPass: (millis: number) => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_let_pass", { millis })),
	simulatorAddPerson: (name: string, follows: boolean) => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_add_person", { name, follows })),
	simulatorSetFollows: (person: ContactId, follows: boolean) => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_set_follows", { person, follows })),
	simulatorSetUnsubscribed: (person: ContactId, unsubscribed: boolean) => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_set_unsubscribed", { person, unsubscribed })),
	simulatorReset: () => typedError<SimulatorView, CommandError>(__TAURI_INVOKE("simulator_reset")),
	deliveryBody: (deliveryId: DeliveryId) => typedError<string | null, CommandError>(__TAURI_INVOKE("delivery_body", { deliveryId })),
	listenerStatus: () => typedError<ListenerStatus, CommandError>(__TAURI_INVOKE("listener_status")),
	listenerStart: (port: number) => typedError<ListenerStatus, CommandError>(__TAURI_INVOKE("listener_start", { port })),
	listenerStop: () => typedError<ListenerStatus, CommandError>(__TAURI_INVOKE("listener_stop")),
	listenerAppSecret: () => typedError<string, CommandError>(__TAURI_INVOKE("listener_app_secret")),
	sampleCurl: () => typedError<string, CommandError>(__TAURI_INVOKE("sample_curl")),
	settingsGet: () => typedError<Settings, CommandError>(__TAURI_INVOKE("settings_get")),
	settingsSet: (settings: Settings) => typedError<Settings, CommandError>(__TAURI_INVOKE("settings_set", { settings })),
	watch: (channel: Channel<WindowUpdate[]>) => typedError<null, CommandError>(__TAURI_INVOKE("watch", { channel })),
};

/* Types */
export type WorkspaceId = string;
export type AccountId = string;
export type ContactId = string;
export type AutomationId = string;
export type EventId = string;
export type MessageId = string;
export type CommentId = string;
export type MediaId = string;
export type DeliveryId = number;
export type Millis = number;

export type SimulatorView = {
	workspace: Workspace,
	account: Account,
	now: Millis,
	people: Person[],
	media: Media[],
	automations: Automation[],
	figures: Figures,
};

export type Person = {
	id: ContactId,
	name: string,
	username: string,
	follows: boolean,
	contact: Contact | null,
	state: UserState | null,
	windowClosesAt: Millis | null,
	conversation: Bubble[],
	decisions: DecisionRecord[],
	unread: number,
};

export type Author = "person" | "account" | "note";
export type Surface = "dm" | "story_reply" | "comment" | "live_comment";
export type Bubble = {
	id: string,
	at: Millis,
	from: Author,
	surface: Surface,
	mediaId: MediaId | null,
	content: Content,
	privateReply: boolean,
	send: OutboxState | null,
	error: string | null,
	deliveryId: DeliveryId | null,
};
export type Content =
	| { type: "message", message: OutgoingMessage }
	| { type: "text", text: string }
	| { type: "tap", title: string }
	| { type: "public_reply", text: string }
	| { type: "reaction", emoji: string }
	| { type: "attachment", kind: string }
	| { type: "deleted" }
	| { type: "note", text: string };

export type MediaSurface = "post" | "story" | "live";
export type Media = { id: MediaId, kind: MediaSurface, title: string };

export type Figures = {
	cache: CacheFigures,
	deliveries: number,
	events: number,
	decisions: number,
	sent: number,
	failed: number,
	queueWaiting: number,
	queueDead: number,
};

export type Action =
	| { do: "say", person: ContactId, text: string }
	| { do: "reply_to_story", person: ContactId, story: MediaId, text: string }
	| { do: "mention_in_story", person: ContactId }
	| { do: "comment", person: ContactId, media: MediaId, text: string, parent: string | null }
	| { do: "tap", person: ContactId, bubble: string, card: number | null, button: number }
	| { do: "tap_quick_reply", person: ContactId, bubble: string, reply: number }
	| { do: "send_image", person: ContactId }
	| { do: "react", person: ContactId, bubble: string, emoji: string }
	| { do: "delete_message", person: ContactId, bubble: string }
	| { do: "edit_message", person: ContactId, bubble: string, text: string }
	| { do: "human_reply", person: ContactId, text: string };

export type ListenerState = "stopped" | "running" | "failed";
export type ListenerStatus = {
	state: ListenerState,
	address: string | null,
	port: number,
	verifyToken: string,
	accepted: number,
	rejected: number,
	error: string | null,
};
export type Theme = "system" | "light" | "dark";
export type Settings = { theme: Theme, listenerPort: number, zoom: number, listenerAutostart: boolean };
export type ErrorCode = "not_found" | "invalid" | "unavailable" | "conflict" | "internal";
export type CommandError = { code: ErrorCode, message: string };
export type WindowUpdate =
	| { update: "simulator", view: SimulatorView }
	| { update: "figures", figures: Figures }
	| { update: "listener", status: ListenerStatus };

export type Workspace = { id: WorkspaceId, name: string };
export type AccountSettings = {
	silenceAfterHumanMinutes?: number | null,
	unsubscribeKeywords?: string[],
	resubscribeKeywords?: string[],
};
export type Account = {
	id: AccountId,
	workspaceId: WorkspaceId,
	username: string,
	isActive?: boolean,
	aliases?: AccountId[],
	settings?: AccountSettings,
};
export type Contact = {
	accountId: AccountId,
	senderId: ContactId,
	username?: string | null,
	name?: string | null,
	email?: string | null,
	follows?: boolean | null,
	unsubscribed?: boolean,
	silencedUntil?: Millis | null,
	lastMessageAt?: Millis | null,
	createdAt?: Millis,
	updatedAt?: Millis,
};
export type ContactChange = {
	username?: string | null,
	name?: string | null,
	email?: string | null,
	follows?: boolean | null,
	unsubscribed?: boolean | null,
	silencedUntil?: Millis | null,
	lastMessageAt?: Millis | null,
};

export type AutomationType = "dm_automation" | "story_reply_flow" | "comment_reply_flow";
export type Target = "all" | { media: MediaId };
export type Automation = {
	id: AutomationId,
	workspaceId: WorkspaceId,
	type: AutomationType,
	name: string,
	isActive?: boolean,
	priority?: number,
	target?: Target,
	trigger: Trigger,
	steps?: Steps,
	version?: number,
	createdAt?: Millis,
	updatedAt?: Millis,
};
export type Trigger = { mode: TriggerMode, keywords?: Keyword[], includeReplies?: boolean };
export type TriggerMode = "any_reply" | "specific_keywords";
export type Keyword = { text: string, match?: KeywordMatch };
export type KeywordMatch = "whole_word" | "anywhere" | "exactly";
export type Steps = {
	publicReply?: PublicReplyStep | null,
	reaction?: ReactionStep | null,
	opening?: OpeningStep | null,
	follow?: FollowStep | null,
	email?: EmailStep | null,
	main?: MainStep | null,
};
export type StepName = "public_reply" | "reaction" | "opening" | "follow" | "email" | "main";
export type PublicReplyStep = { enabled?: boolean, texts: string[] };
export type ReactionStep = { enabled?: boolean, reaction: string };
export type OpeningStep = { enabled?: boolean, text: string, button: string, delaySeconds?: number };
export type WhenExhausted = "end" | "skip";
export type FollowStep = {
	enabled?: boolean,
	text: string,
	button: string,
	verify?: boolean,
	skipWhenFollowing?: boolean,
	retryText?: string | null,
	mostAsks?: number,
	whenExhausted?: WhenExhausted,
	delaySeconds?: number,
};
export type EmailStep = {
	enabled?: boolean,
	text: string,
	retryText?: string | null,
	skipWhenKnown?: boolean,
	mostAsks?: number,
	whenExhausted?: WhenExhausted,
	delaySeconds?: number,
};
export type MainStep = { enabled?: boolean, messages: Message[], delaySeconds?: number };

export type Message =
	| { type: "text", text: string, quick_replies?: QuickReply[] }
	| { type: "buttons", text: string, buttons: Button[] }
	| { type: "carousel", cards: Card[] }
	| { type: "media", kind: MediaKind, url: string };
export type QuickReply = { title: string, step?: StepName | null };
export type Button = { title: string } & ButtonAction;
export type ButtonAction = { url: string } | { step: StepName };
export type Card = { title: string, subtitle?: string | null, imageUrl?: string | null, buttons?: Button[] };
export type MediaKind = "image" | "video" | "audio" | "file";
export type OutgoingMessage =
	| { type: "text", text: string, quick_replies?: OutgoingQuickReply[] }
	| { type: "buttons", text: string, buttons: OutgoingButton[] }
	| { type: "carousel", cards: OutgoingCard[] }
	| { type: "media", kind: MediaKind, url: string };
export type OutgoingQuickReply = { title: string, payload: string };
export type OutgoingButton = { title: string } & OutgoingAction;
export type OutgoingAction = { url: string } | { payload: string };
export type OutgoingCard = { title: string, subtitle?: string | null, imageUrl?: string | null, buttons?: OutgoingButton[] };

export type Awaiting = "awaiting_opening_response" | "awaiting_follow_confirmation" | "awaiting_email";
export type UserState = {
	accountId: AccountId,
	senderId: ContactId,
	automationId: AutomationId,
	automationType: AutomationType,
	target?: Target,
	state: Awaiting,
	asked?: number,
	startedBy?: EventId | null,
	eventAt: Millis,
	updatedAt: Millis,
	expiresAt: Millis,
};

export type EventKind =
	| "dm_text" | "dm_attachment" | "quick_reply" | "postback" | "story_reply" | "story_mention"
	| "reaction" | "read" | "referral" | "optin" | "echo" | "deleted" | "edited" | "unsupported"
	| "standby" | "comment" | "live_comment" | "mention" | "other";
export type Event = {
	kind: EventKind,
	accountId: AccountId | null,
	senderId: ContactId | null,
	eventId: EventId | null,
	contactId?: ContactId | null,
	timestamp?: Millis | null,
	text?: string | null,
	payload?: string | null,
	attachments?: Attachment[],
	replyTo?: MessageId | null,
	storyId?: MediaId | null,
	mediaId?: MediaId | null,
	originalMediaId?: MediaId | null,
	parentId?: EventId | null,
	username?: string | null,
	reaction?: Reaction | null,
	referral?: Referral | null,
	numEdit?: number | null,
	isSelf?: boolean,
	raw?: string | null,
};
export type Attachment = { type: string, url?: string | null, mediaId?: MediaId | null, title?: string | null };
export type Reaction = { action: string, reaction?: string | null, emoji?: string | null };
export type Referral = { ref?: string | null, source?: string | null, type?: string | null, adId?: string | null, productId?: string | null };

export type DecisionRecord = { deliveryId: DeliveryId, index: number, event: Event, decision: Decision };
export type Decision = { state: StateChange, contact?: ContactChange, effects?: Effect[], trace: Trace };
export type StateChange = "keep" | { set: UserState } | "clear";
export type Effect =
	| { effect: "send", to: Recipient, message: OutgoingMessage, automation_id: AutomationId, step: StepName, delay_ms?: number }
	| { effect: "reply_to_comment", comment_id: CommentId, text: string, automation_id: AutomationId }
	| { effect: "react", contact_id: ContactId, message_id: MessageId, reaction: string, automation_id: AutomationId };
export type Recipient = { contact: ContactId } | { comment: CommentId };
export type OutboxState = "sent" | "retrying" | "failed" | "unknown" | "dropped";

export type Trace = {
	kind: EventKind,
	at: Millis,
	reason: Reason,
	summary: string,
	automationId?: AutomationId | null,
	stateBefore?: Awaiting | null,
	stateAfter?: Awaiting | null,
	lookedAt?: LookedAt[],
	notListed?: number,
	notes?: string[],
	reads?: Read[],
};
export type LookedAt = { automationId: AutomationId, name: string, verdict: Verdict };
export type Verdict =
	| { verdict: "matched", by: MatchedBy }
	| { verdict: "no_keyword" }
	| { verdict: "no_text" }
	| { verdict: "replies_not_included" }
	| { verdict: "no_steps" }
	| { verdict: "not_reached" };
export type MatchedBy = { by: "any_reply" } | { by: "keyword", keyword: string, kind: KeywordMatch };
export type Reason =
	| "started" | "advanced" | "asked_again" | "answered_with_awaited" | "skipped" | "gave_up"
	| "no_match" | "no_automations" | "never_triggers" | "own_message" | "human_stepped_in"
	| "silenced" | "unsubscribed" | "resubscribed" | "contact_unsubscribed" | "outside_window"
	| "automation_disabled" | "automation_deleted" | "step_removed" | "unknown_account"
	| "account_inactive" | "duplicate" | "older_than_state" | "no_contact" | "foreign_account";
export type Read = { collection: Collection, tier: Tier, outcome: Outcome, micros: number };
export type Collection = "workspace" | "automations" | "user_state" | "contact";
export type Tier = "near" | "shared" | "store";
export type Outcome = "hit" | "miss" | "negative_hit" | "bypass" | "stale" | "error";

export type CollectionFigures = {
	reads: number,
	nearHits: number,
	sharedHits: number,
	negativeHits: number,
	misses: number,
	bypasses: number,
	stale: number,
	errors: number,
	writes: number,
	invalidations: number,
	readMicros: number,
};
export type CacheFigures = {
	workspace: CollectionFigures,
	automations: CollectionFigures,
	userState: CollectionFigures,
	contact: CollectionFigures,
};

/* Tauri Specta runtime */
async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
	try {
		return { status: "ok", data: await result };
	} catch (e) {
		if (e instanceof Error) throw e;
		return { status: "error", error: e as E };
	}
}
