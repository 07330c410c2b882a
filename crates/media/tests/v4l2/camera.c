/*
 * Cameras for machines without one: loaded before the C library, it answers what a program asks of /dev/video0 to 2 as
 * a V4L2 driver would (https://docs.kernel.org/userspace-api/media/v4l/).
 *
 *   video0  works: YUYV or what the file `format` says (NV12, MJPG), 640x480 at 15 and 30, 1280x720 at 10, 960x540 at 29.97 pictures per second; each picture is
 *           the file `picture`
 *   video1  is used by another program
 *   video2  may not be opened
 *
 * The folder VISITA_TEST_FOLDER holds `dev`, which is listed in place of /dev, and `picture`. While it holds a file
 * `unplugged`, video0 is; while it holds a file `hangs`, video0 gives no pictures.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/videodev2.h>

#define BUFFERS 4

static unsigned pixel_format(void) {
    char path[512], name[4];
    snprintf(path, sizeof path, "%s/format", getenv("VISITA_TEST_FOLDER"));
    FILE *file = fopen(path, "r");
    size_t read = file ? fread(name, 1, sizeof name, file) : 0;
    if (file) fclose(file);
    return read == sizeof name ? v4l2_fourcc(name[0], name[1], name[2], name[3]) : V4L2_PIX_FMT_YUYV;
}

static struct {
    int fd, node, streaming, given;
    unsigned width, height, fps, count;
    unsigned queued[BUFFERS], first, waiting;
} camera = {.fd = -1, .width = 1280, .height = 720, .fps = 10};

static const struct { unsigned width, height, numerator, denominator; } modes[] = {
    {640, 480, 1, 15}, {640, 480, 1, 30}, {1280, 720, 1, 10}, {960, 540, 1001, 30000}};
static const unsigned sizes[][2] = {{640, 480}, {1280, 720}, {960, 540}};
#define SIZES (sizeof sizes / sizeof *sizes)

static unsigned length(void) {
    /* Whole pages, as drivers do. */
    return (camera.width * camera.height * 2 + 4095) / 4096 * 4096;
}

static int fail(int error) {
    errno = error;
    return -1;
}

static void describe(struct v4l2_format *format) {
    struct v4l2_pix_format *pix = &format->fmt.pix;
    memset(pix, 0, sizeof *pix);
    pix->width = camera.width;
    pix->height = camera.height;
    pix->pixelformat = pixel_format();
    pix->field = V4L2_FIELD_NONE;
    pix->bytesperline = pix->pixelformat == V4L2_PIX_FMT_YUYV ? camera.width * 2
                        : pix->pixelformat == V4L2_PIX_FMT_NV12 ? camera.width : 0;
    pix->sizeimage = length();
    pix->colorspace = V4L2_COLORSPACE_SRGB;
}

static int told(const char *file) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("VISITA_TEST_FOLDER"), file);
    return access(path, F_OK) == 0;
}

static int unplugged(void) {
    return told("unplugged");
}

static int give(struct v4l2_buffer *buffer) {
    static char picture[1280 * 720 * 2];
    char path[512];
    struct timespec now;
    if (unplugged() || camera.waiting == 0) return fail(unplugged() ? ENODEV : EAGAIN);
    snprintf(path, sizeof path, "%s/picture", getenv("VISITA_TEST_FOLDER"));
    int file = open(path, O_RDONLY);
    ssize_t bytes = read(file, picture, sizeof picture);
    close(file);
    unsigned index = camera.queued[camera.first];
    camera.first = (camera.first + 1) % BUFFERS;
    camera.waiting--;
    if (bytes < 0 || pwrite(camera.fd, picture, bytes, (off_t)index * length()) != bytes) return fail(EIO);
    clock_gettime(CLOCK_MONOTONIC, &now);
    buffer->index = index;
    buffer->bytesused = bytes;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->timestamp.tv_sec = now.tv_sec;
    buffer->timestamp.tv_usec = now.tv_nsec / 1000;
    buffer->sequence = camera.given++;
    return 0;
}

static int answer(unsigned long request, void *argument) {
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *caps = argument;
        memset(caps, 0, sizeof *caps);
        strcpy((char *)caps->driver, "synthetic");
        strcpy((char *)caps->card, "Synthetic camera");
        strcpy((char *)caps->bus_info, "none");
        caps->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        caps->capabilities = caps->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *format = argument;
        if (format->index > 0) return fail(EINVAL);
        format->pixelformat = pixel_format();
        strcpy((char *)format->description, "the only one");
        return 0;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
        struct v4l2_frmsizeenum *size = argument;
        if (size->index >= SIZES || size->pixel_format != pixel_format()) return fail(EINVAL);
        size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        size->discrete.width = sizes[size->index][0];
        size->discrete.height = sizes[size->index][1];
        return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
        struct v4l2_frmivalenum *interval = argument;
        unsigned nth = 0;
        for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) {
            if (modes[i].width != interval->width || modes[i].height != interval->height) continue;
            if (nth++ != interval->index) continue;
            interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
            interval->discrete.numerator = modes[i].numerator;
            interval->discrete.denominator = modes[i].denominator;
            return 0;
        }
        return fail(EINVAL);
    }
    case VIDIOC_G_FMT:
        describe(argument);
        return 0;
    case VIDIOC_S_FMT: {
        struct v4l2_format *format = argument;
        if (camera.node == 1 || camera.count > 0) return fail(EBUSY);
        camera.width = format->fmt.pix.width;
        camera.height = format->fmt.pix.height;
        describe(format);
        return 0;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_streamparm *parameters = argument;
        struct v4l2_captureparm *capture = &parameters->parm.capture;
        if (request == VIDIOC_S_PARM) {
            if (camera.node == 1) return fail(EBUSY);
            camera.fps = capture->timeperframe.denominator / capture->timeperframe.numerator;
        }
        capture->capability = V4L2_CAP_TIMEPERFRAME;
        capture->timeperframe.numerator = 1;
        capture->timeperframe.denominator = camera.fps;
        return 0;
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *buffers = argument;
        if (buffers->count > BUFFERS) buffers->count = BUFFERS;
        if (buffers->count > 0 && camera.count > 0) return fail(EBUSY);
        camera.count = buffers->count;
        camera.first = camera.waiting = 0;
        return camera.count == 0 ? 0 : ftruncate(camera.fd, (off_t)camera.count * length());
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= camera.count) return fail(EINVAL);
        buffer->length = length();
        buffer->m.offset = buffer->index * length();
        return 0;
    }
    case VIDIOC_QBUF: {
        struct v4l2_buffer *buffer = argument;
        if (unplugged()) return fail(ENODEV);
        if (buffer->index >= camera.count || camera.waiting == BUFFERS) return fail(EINVAL);
        camera.queued[(camera.first + camera.waiting++) % BUFFERS] = buffer->index;
        return 0;
    }
    case VIDIOC_DQBUF:
        return camera.streaming ? give(argument) : fail(EINVAL);
    case VIDIOC_STREAMON:
        camera.streaming = 1;
        return 0;
    case VIDIOC_STREAMOFF:
        camera.streaming = 0;
        camera.first = camera.waiting = 0;
        return 0;
    default:
        return fail(ENOTTY);
    }
}

/* The functions of the C library through which the program reaches the driver. */

static void *next(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

long syscall(long number, ...) {
    static long (*real)(long, ...);
    va_list list;
    long a[6];
    va_start(list, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_ioctl && camera.fd >= 0 && a[0] == camera.fd) return answer((unsigned)a[1], (void *)a[2]);
    if (!real) real = next("syscall");
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int open(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    va_list list;
    va_start(list, flags);
    int mode = va_arg(list, int);
    va_end(list);
    if (strncmp(path, "/dev/video", 10) == 0) {
        int node = atoi(path + 10);
        if (node == 2) return fail(EACCES);
        if (node > 2 || (node == 0 && unplugged())) return fail(ENOENT);
        camera.node = node;
        camera.count = camera.streaming = camera.first = camera.waiting = 0;
        return camera.fd = memfd_create("camera", MFD_CLOEXEC);
    }
    if (!real) real = next("open");
    return real(path, flags, mode);
}

int close(int fd) {
    static int (*real)(int);
    if (!real) real = next("close");
    if (fd >= 0 && fd == camera.fd) camera.fd = -1;
    return real(fd);
}

int poll(struct pollfd *fds, nfds_t count, int timeout) {
    static int (*real)(struct pollfd *, nfds_t, int);
    if (count == 1 && camera.fd >= 0 && fds->fd == camera.fd) {
        usleep(1000000 / camera.fps);
        if (told("hangs") && !unplugged()) {
            usleep(timeout < 0 ? 1000000 : 1000 * (unsigned)timeout);
            fds->revents = 0;
            if (timeout >= 0) return 0;
        }
        fds->revents = unplugged() ? POLLERR : POLLIN;
        return 1;
    }
    if (!real) real = next("poll");
    return real(fds, count, timeout);
}

DIR *opendir(const char *path) {
    static DIR *(*real)(const char *);
    char instead[512];
    if (!real) real = next("opendir");
    if (strcmp(path, "/dev") != 0) return real(path);
    snprintf(instead, sizeof instead, "%s/dev", getenv("VISITA_TEST_FOLDER"));
    return real(instead);
}
