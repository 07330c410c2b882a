/*
 * For machines without a GPU: loaded before the C library into xdg-desktop-portal-wlr, it tells it that each picture of a
 * screen could be had in memory of a GPU too (the event `linux_dmabuf` of wlr-screencopy). Up to 0.8 that program gives up
 * where compositors without a GPU do not send this event (its issue 289), though it then takes plain shared memory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#define XRGB8888 0x34325258

typedef void callback(void);

/* zwlr_screencopy_frame_v1_listener */
struct listener {
    void (*buffer)(void *, void *, uint32_t format, uint32_t width, uint32_t height, uint32_t stride);
    callback *flags, *ready, *failed, *damage;
    void (*linux_dmabuf)(void *, void *, uint32_t format, uint32_t width, uint32_t height);
    callback *buffer_done;
};

static const struct listener *theirs;
static struct listener ours;

static void buffer(void *data, void *frame, uint32_t format, uint32_t width, uint32_t height, uint32_t stride) {
    theirs->buffer(data, frame, format, width, height, stride);
    theirs->linux_dmabuf(data, frame, XRGB8888, width, height);
}

int wl_proxy_add_listener(void *proxy, const struct listener *listener, void *data) {
    int (*add)(void *, const struct listener *, void *);
    const char *(*class)(void *);
    *(void **)&add = dlsym(RTLD_NEXT, "wl_proxy_add_listener");
    *(void **)&class = dlsym(RTLD_NEXT, "wl_proxy_get_class");
    if (strcmp(class(proxy), "zwlr_screencopy_frame_v1") != 0) return add(proxy, listener, data);
    theirs = listener;
    ours = *listener;
    ours.buffer = buffer;
    return add(proxy, &ours, data);
}
