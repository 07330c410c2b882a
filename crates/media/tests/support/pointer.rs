//! A pointer for a compositor that has no device for one (`wlr-virtual-pointer-unstable-v1`).

use visita_protocol::PixelSize;
use wayland_client::{
    Connection, Dispatch, EventQueue, QueueHandle, delegate_noop,
    globals::{GlobalListContents, registry_queue_init},
    protocol::wl_registry::{Event, WlRegistry},
};
use wayland_protocols_wlr::virtual_pointer::v1::client::{
    zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1 as Manager,
    zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1 as VirtualPointer,
};

/// It is there as long as this is.
pub(crate) struct Pointer {
    queue: EventQueue<Nothing>,
    pointer: VirtualPointer,
    time: u32,
}

impl Pointer {
    /// One of the compositor that the environment names.
    pub(crate) fn new() -> Self {
        let connection = Connection::connect_to_env().unwrap();
        let (globals, queue) = registry_queue_init::<Nothing>(&connection).unwrap();
        let manager: Manager = globals.bind(&queue.handle(), 1..=2, ()).unwrap();
        let pointer = manager.create_virtual_pointer(None, &queue.handle(), ());
        Self { queue, pointer, time: 0 }
    }

    /// Puts it somewhere on a screen of this size.
    pub(crate) fn move_to(&mut self, x: u32, y: u32, screen: PixelSize) {
        self.time += 1;
        self.pointer.motion_absolute(self.time, x, y, screen.width, screen.height);
        self.pointer.frame();
        self.queue.roundtrip(&mut Nothing).unwrap();
    }
}

/// Nothing of what the compositor says is of interest.
struct Nothing;

impl Dispatch<WlRegistry, GlobalListContents> for Nothing {
    fn event(_: &mut Self, _: &WlRegistry, _: Event, _: &GlobalListContents, _: &Connection, _: &QueueHandle<Self>) {}
}

delegate_noop!(Nothing: Manager);
delegate_noop!(Nothing: VirtualPointer);
