//! Pictures from PipeWire, on a thread of their own.

use std::{io::Cursor, os::fd::OwnedFd, sync::Arc, thread::JoinHandle, time::Instant};

use pipewire::{
    self as pw,
    context::ContextRc,
    main_loop::MainLoopRc,
    properties::properties,
    spa::{
        self,
        param::{
            ParamType,
            format::{FormatProperties, MediaSubtype, MediaType},
            video::{VideoFormat, VideoInfoRaw},
        },
        pod::{CanonicalFixedSizedPod, ChoiceValue, Object, Pod, Property, Value, serialize::PodSerializer},
        utils::{Choice, ChoiceEnum, ChoiceFlags, Direction, Fraction, Id, Rectangle, SpaTypes},
    },
    stream::{StreamBox, StreamFlags, StreamState},
};
use tokio::sync::mpsc;

use super::{Shared, pixels, session::Word};
use crate::DeviceError;

/// Pictures coming in; they stop when it is dropped.
pub(super) struct Running {
    quit: pw::channel::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended by itself when nobody listens.
        let _ = self.quit.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Takes the pictures of `node` on the connection the portal gave.
pub(super) fn start(
    remote: OwnedFd,
    node: u32,
    fps: u32,
    shared: Arc<Shared>,
    told: mpsc::UnboundedSender<Word>,
) -> Result<Running, DeviceError> {
    let (quit, quits) = pw::channel::channel();
    let run = move || {
        if let Err(error) = take(remote, node, fps, shared, quits) {
            tracing::info!(%error, "no pictures through PipeWire");
        }
        let _ = told.send(Word::StreamEnded);
    };
    let thread = std::thread::Builder::new().name("screen".to_owned()).spawn(run);
    Ok(Running { quit, thread: Some(thread.map_err(|error| DeviceError::Failed(error.to_string()))?) })
}

fn take(
    remote: OwnedFd,
    node: u32,
    fps: u32,
    shared: Arc<Shared>,
    quits: pw::channel::Receiver<()>,
) -> Result<(), pw::Error> {
    pw::init();
    let main_loop = MainLoopRc::new(None)?;
    let context = ContextRc::new(&main_loop, None)?;
    let core = context.connect_fd_rc(remote, None)?;
    let ender = || {
        let main_loop = main_loop.downgrade();
        move || {
            if let Some(main_loop) = main_loop.upgrade() {
                main_loop.quit();
            }
        }
    };
    let _quits = quits.attach(main_loop.loop_(), {
        let end = ender();
        move |()| end()
    });
    let _errors = core
        .add_listener_local()
        .error({
            let end = ender();
            move |id, _, _, message| {
                tracing::debug!(id, message, "PipeWire");
                if id == pw::core::PW_ID_CORE {
                    end();
                }
            }
        })
        .register();
    let stream = StreamBox::new(
        &core,
        "screen",
        properties! {
            *pw::keys::MEDIA_TYPE => "Video",
            *pw::keys::MEDIA_CATEGORY => "Capture",
            *pw::keys::MEDIA_ROLE => "Screen",
            // What takes the place of something that is gone was not chosen.
            *pw::keys::NODE_DONT_RECONNECT => "true",
        },
    )?;
    let _events = stream
        .add_local_listener_with_user_data(VideoInfoRaw::default())
        .state_changed({
            let end = ender();
            move |_, _, old, new| {
                tracing::debug!(?old, ?new, "the stream of the screen");
                if matches!(new, StreamState::Error(_) | StreamState::Unconnected) {
                    end();
                }
            }
        })
        .param_changed(|stream, format, id, param| {
            let Some(param) = param.filter(|_| id == ParamType::Format.as_raw()) else { return };
            if let Err(error) = format.parse(param) {
                tracing::warn!(%error, "a format of the screen that is not understood");
                return;
            }
            tracing::debug!(?format, "the screen");
            let [buffers, crop, header] = wishes();
            let pods = [pod(buffers), pod(crop), pod(header)];
            let mut pods: Vec<&Pod> = pods.iter().filter_map(|bytes| Pod::from_bytes(bytes)).collect();
            if let Err(error) = stream.update_params(&mut pods) {
                tracing::debug!(%error, "wishes for the pictures of the screen");
            }
        })
        .process(move |stream, format| {
            // Of what waits the newest counts.
            let mut newest = None;
            while let Some(buffer) = stream.dequeue_buffer() {
                newest = Some(buffer);
            }
            if let Some(frame) = newest.and_then(|mut buffer| pixels::picture(&mut buffer, format, Instant::now())) {
                shared.show(frame);
            }
        })
        .register()?;
    let formats = pod(formats(fps));
    let mut formats: Vec<&Pod> = Pod::from_bytes(&formats).into_iter().collect();
    let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS;
    stream.connect(Direction::Input, Some(node), flags, &mut formats)?;
    main_loop.run();
    Ok(())
}

/// The formats that are understood, at `fps` at most.
fn formats(fps: u32) -> Object {
    let order = [VideoFormat::BGRx, VideoFormat::BGRA, VideoFormat::RGBx, VideoFormat::RGBA].map(|f| Id(f.as_raw()));
    let fraction = |num| Fraction { num, denom: 1 };
    let square = |side| Rectangle { width: side, height: side };
    let most = fraction(fps.clamp(1, 60));
    let property = |key: FormatProperties, value| Property::new(key.as_raw(), value);
    Object {
        type_: SpaTypes::ObjectParamFormat.as_raw(),
        id: ParamType::EnumFormat.as_raw(),
        properties: vec![
            property(FormatProperties::MediaType, Value::Id(Id(MediaType::Video.as_raw()))),
            property(FormatProperties::MediaSubtype, Value::Id(Id(MediaSubtype::Raw.as_raw()))),
            property(
                FormatProperties::VideoFormat,
                Value::Choice(ChoiceValue::Id(choice(ChoiceEnum::Enum {
                    default: order[0],
                    alternatives: order.to_vec(),
                }))),
            ),
            property(
                FormatProperties::VideoSize,
                Value::Choice(ChoiceValue::Rectangle(choice(ChoiceEnum::Range {
                    default: Rectangle { width: 1280, height: 720 },
                    min: square(1),
                    max: square(16_384),
                }))),
            ),
            // Zero: as things change.
            property(
                FormatProperties::VideoFramerate,
                Value::Choice(ChoiceValue::Fraction(choice(ChoiceEnum::Range {
                    default: fraction(0),
                    min: fraction(0),
                    max: fraction(1000),
                }))),
            ),
            property(
                FormatProperties::VideoMaxFramerate,
                Value::Choice(ChoiceValue::Fraction(choice(ChoiceEnum::Range {
                    default: most,
                    min: fraction(1),
                    max: most,
                }))),
            ),
        ],
    }
}

fn choice<T: CanonicalFixedSizedPod>(values: ChoiceEnum<T>) -> Choice<T> {
    Choice(ChoiceFlags::empty(), values)
}

/// Pictures in memory that can be read, with the part of them that is the window, and whether they are whole.
fn wishes() -> [Object; 3] {
    let memory = (1 << spa::buffer::DataType::MemPtr.as_raw()) | (1 << spa::buffer::DataType::MemFd.as_raw());
    let kinds = choice(ChoiceEnum::Flags { default: memory, flags: vec![memory] });
    let buffers = Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![Property::new(spa::sys::SPA_PARAM_BUFFERS_dataType, Value::Choice(ChoiceValue::Int(kinds)))],
    };
    let meta = |kind: u32, bytes: usize| Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(spa::sys::SPA_PARAM_META_type, Value::Id(Id(kind))),
            Property::new(spa::sys::SPA_PARAM_META_size, Value::Int(i32::try_from(bytes).unwrap_or(0))),
        ],
    };
    [
        buffers,
        meta(spa::sys::SPA_META_VideoCrop, size_of::<spa::sys::spa_meta_region>()),
        meta(spa::sys::SPA_META_Header, size_of::<spa::sys::spa_meta_header>()),
    ]
}

/// As PipeWire reads it; empty should that fail, which it takes for no wish.
fn pod(object: Object) -> Vec<u8> {
    match PodSerializer::serialize(Cursor::new(Vec::new()), &Value::Object(object)) {
        Ok((written, _)) => written.into_inner(),
        Err(error) => {
            tracing::warn!(?error, "a wish that cannot be written");
            Vec::new()
        }
    }
}
