// Written by hand until `./dev bindings` writes it from the Rust side, in the shape that it will have.
import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";
import * as __TAURI_EVENT from "@tauri-apps/api/event";

export const commands = {
	appView: () => __TAURI_INVOKE<AppView>("app_view"),
	framesEndpoint: () => __TAURI_INVOKE<FramesEndpoint>("frames_endpoint"),
	openLink: (link: string) => __TAURI_INVOKE<null>("open_link", { link }),
	startTestCall: () => __TAURI_INVOKE<null>("start_test_call"),
	setDisplayName: (name: string) => __TAURI_INVOKE<null>("set_display_name", { name }),
	setMicrophone: (on: boolean) => __TAURI_INVOKE<null>("set_microphone", { on }),
	setCamera: (on: boolean) => __TAURI_INVOKE<null>("set_camera", { on }),
	playTestSound: () => __TAURI_INVOKE<null>("play_test_sound"),
	join: (displace: boolean) => __TAURI_INVOKE<null>("join", { displace }),
	leave: () => __TAURI_INVOKE<null>("leave"),
	endForEveryone: () => __TAURI_INVOKE<null>("end_for_everyone"),
	goHome: () => __TAURI_INVOKE<null>("go_home"),
	rejoin: () => __TAURI_INVOKE<null>("rejoin"),
	dismissNotice: () => __TAURI_INVOKE<null>("dismiss_notice"),
	updateSettings: (patch: SettingsPatch) => __TAURI_INVOKE<null>("update_settings", { patch }),
	setShownSizes: (sizes: ShownSize[]) => __TAURI_INVOKE<null>("set_shown_sizes", { sizes }),
	refreshDevices: () => __TAURI_INVOKE<null>("refresh_devices"),
};

/** Events */
export const events = {
	appViewChanged: makeEvent<AppViewChanged>("app-view-changed"),
	levelsChanged: makeEvent<LevelsChanged>("levels-changed"),
};

/* Types */
export type AfterView = { reason: LeaveReason, seconds: number, can_rejoin: boolean, is_test_call: boolean };
export type AppView = { screen: ScreenView, settings: Settings, devices: DevicesView, server: BuiltInServerView, notice: NoticeView | null };
export type AppViewChanged = AppView;
export type BuiltInServerView = { state: "starting" } | { state: "running"; url: string } | { state: "failed"; detail: string };
export type CallType = "audio_only" | "audio_upgradable" | "audio_video";
export type CallView = { title: string | null, call_type: CallType, recording: RecordingMode, connection: ConnectionView, me: MeView, people: PersonView[], seconds_left: number | null, is_test_call: boolean };
export type ConnectionView = { state: "connecting" } | { state: "connected" } | { state: "reconnecting"; attempt: number };
export type DeviceChoice = { kind: "default" } | { kind: "device"; id: string };
export type DeviceState = { state: "starting" } | { state: "on"; label: string } | { state: "off" } | { state: "missing" } | { state: "busy"; label: string } | { state: "denied" } | { state: "failed"; detail: string } | { state: "not_allowed" };
export type DeviceView = { id: string, label: string };
export type DevicesView = { cameras: DeviceView[], microphones: DeviceView[], speakers: DeviceView[] };
export type ErrorCode = "link_malformed" | "link_unknown" | "link_revoked" | "link_expired" | "room_disabled" | "room_ended" | "room_full" | "room_not_started" | "room_not_found" | "seat_in_use" | "unauthorized" | "forbidden" | "token_expired" | "invalid" | "conflict" | "not_found" | "server_unreachable" | "server_not_understood" | "media_unreachable" | "displaced" | "removed" | "rate_limited" | "too_large" | "internal";
export type FramesEndpoint = { url: string, secret: string, software: boolean };
export type JoinPreview = { room_id: RoomId, title: string | null, company: string, host_name: string | null, call_type: CallType, recording: RecordingMode, participant_id: ParticipantId, is_admin: boolean, display_name: string | null, people_in: string[], in_use: boolean, good_until: number | null };
export type Language = "system" | "en" | "it";
export type LeaveReason = "left" | "connection_lost" | "displaced" | "removed" | "session_ended" | "room_closed" | "server_stopping";
export type Levels = { microphone: number | null, speaker: number | null };
export type LevelsChanged = Levels;
export type LobbyView = { host: string, preview: JoinPreview, display_name: string, network: NetworkCheck, microphone: DeviceState, camera: DeviceState, speaker: DeviceState, problem: Problem | null, is_test_call: boolean };
export type MeView = { participant_id: ParticipantId, display_name: string, is_admin: boolean, tools: Tools, microphone: DeviceState, camera: DeviceState, speaker: DeviceState, speaking: boolean, quality: number };
export type NetworkCheck = "checking" | "good" | "weak" | "unreachable";
export type NoticeCode = "camera_lost" | "camera_back" | "microphone_lost" | "microphone_back" | "speaker_lost" | "person_joined" | "person_left" | "talking_while_muted";
export type NoticeView = { code: NoticeCode, name: string | null };
export type ParticipantId = string;
export type PersonView = { participant_id: ParticipantId, display_name: string, is_admin: boolean, microphone: boolean, camera: boolean, speaking: boolean, quality: number, streams: StreamView[] };
export type PixelSize = { width: number, height: number };
export type Problem = { code: ErrorCode, message: string, field?: string | null };
export type RecordingMode = "none" | "automatic" | "manual";
export type RoomId = string;
export type ScreenView = ({ kind: "home" } & { problem: Problem | null }) | ({ kind: "opening" } & { host: string }) | ({ kind: "lobby" } & LobbyView) | ({ kind: "call" } & CallView) | ({ kind: "after" } & AfterView);
export type Settings = { language: Language, theme: Theme, display_name: string, camera: string | null, microphone: string | null, speaker: string | null, simple: boolean };
export type SettingsPatch = { language?: Language | null, theme?: Theme | null, display_name?: string | null, camera?: DeviceChoice | null, microphone?: DeviceChoice | null, speaker?: DeviceChoice | null, simple?: boolean | null };
export type ShownSize = { stream_id: number, size: PixelSize };
export type StreamSource = "camera" | "screen";
export type StreamView = { stream_id: number, source: StreamSource, size: PixelSize };
export type Theme = "system" | "light" | "dark";
export type Tools = { chat: boolean, screen_sharing: boolean, file_upload: boolean, whiteboard: Whiteboard, snapshot: boolean, live_edit: boolean, live_pointer: boolean, present_to_everyone: boolean, signature: boolean };
export type Whiteboard = boolean | WhiteboardRights;
export type WhiteboardRights = { wb_add_file: boolean, wb_cursor: boolean, wb_text: boolean, wb_shape: boolean, wb_pen: boolean, wb_eraser: boolean };

/* Tauri Specta runtime */
function makeEvent<T>(name: string) {
	return {
		listen: (cb: __TAURI_EVENT.EventCallback<T>) => __TAURI_EVENT.listen(name, cb),
	};
}
