/* Reading WebSocket frames, and the marks `~~<number>:<nanoseconds>~~` inside their text. */
#define _GNU_SOURCE
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int64_t number_after(const char *text, const char *end) {
    int64_t value = 0;
    while (text < end && *text >= '0' && *text <= '9') value = value * 10 + (*text++ - '0');
    return value;
}

static void count_entry(struct client *client, int64_t number, int64_t sent, int64_t now) {
    if (client->last >= 0) {
        if (number <= client->last) {
            tally.doubled++;
            return;
        }
        tally.lost += number - client->last - 1;
        tally.entries++;
        if (sent > 0) record_latency(now - sent);
    }
    client->last = number;
}

static void read_marks(struct client *client, const char *text, size_t size, int64_t now) {
    const char *end = text + size, *at = text;
    while ((at = memmem(at, end - at, "~~", 2)) != NULL) {
        const char *colon = memchr(at, ':', end - at);
        if (colon == NULL) return;
        int64_t number = number_after(at + 2, end), sent = number_after(colon + 1, end);
        count_entry(client, number, sent, now);
        at = memmem(colon, end - colon, "~~", 2);
        if (at == NULL) return;
        at += 2;
    }
}

/* The position after an `entries` frame is its last entry's; a `snapshot` names its own. */
static void read_position(struct client *client, const char *text, size_t size) {
    const char *end = text + size, *found = NULL, *at = text;
    bool entries = memmem(text, size < 40 ? size : 40, "\"entries\"", 9) != NULL;
    bool snapshot = memmem(text, size < 40 ? size : 40, "\"snapshot\"", 10) != NULL;
    if (!entries && !snapshot) return;
    while ((at = memmem(at, end - at, "\"seq\":", 6)) != NULL) {
        found = at += 6;
        if (snapshot) break;
    }
    if (found != NULL) client->seq = number_after(found, end);
    const char *epoch = memmem(text, size, "\"epoch\":\"", 9);
    if (epoch != NULL && end - epoch > 20) {
        const char *close = memchr(epoch + 9, '"', end - epoch - 9);
        size_t length = close != NULL ? (size_t)(close - epoch - 9) : 0;
        if (length > 0 && length < sizeof client->epoch) {
            memcpy(client->epoch, epoch + 9, length);
            client->epoch[length] = 0;
        }
    }
}

static void read_answer(struct client *client, const char *text, size_t size, int64_t now) {
    size_t head = size < 24 ? size : 24;
    bool ack = memmem(text, head, "\"ack\"", 5) != NULL;
    bool refused = !ack && memmem(text, head, "\"refused\"", 9) != NULL;
    if (!ack && !refused) return;
    record_latency(now - client->sent_ns);
    client->sent_ns = 0;
    client->verdict = ack ? 'a' : 'r';
    if (ack) tally.acked++;
    else tally.refused++;
}

static void take_text(struct client *client, const char *text, size_t size, int64_t now) {
    tally.frames++;
    tally.bytes += size;
    read_marks(client, text, size, now);
    if (options.resume) read_position(client, text, size);
    if (client->sent_ns) read_answer(client, text, size, now);
    if (client->phase == CATCHING_UP && memmem(text, size, options.ready_on, strlen(options.ready_on)))
        crowd_became_ready(client);
}

static void send_pong(struct client *client, const char *payload, size_t size) {
    unsigned char frame[6 + 125] = {0x8a, (unsigned char)(0x80 | size), 0, 0, 0, 0};
    memcpy(frame + 6, payload, size); /* a mask of zeros */
    (void)!send(client->fd, frame, 6 + size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Handle one whole frame at `data`; the bytes it took, 0 when it is incomplete, -1 at the end. */
static long take_frame(struct client *client, const unsigned char *data, size_t size, int64_t now) {
    if (size < 2) return 0;
    size_t head = 2, length = data[1] & 0x7f;
    if (length == 126) {
        if (size < 4) return 0;
        length = (size_t)data[2] << 8 | data[3];
        head = 4;
    } else if (length == 127) {
        if (size < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | data[i];
        head = 10;
    }
    if (size < head + length) return 0;
    const char *payload = (const char *)data + head;
    switch (data[0] & 0x0f) {
    case 1: take_text(client, payload, length, now); break;
    case 8: return -1;
    case 9: if (length <= 125) send_pong(client, payload, length); break;
    default: break;
    }
    return (long)(head + length);
}

static void keep(struct client *client, const char *rest, size_t size) {
    if (size > client->room) {
        client->room = size < 1024 ? 1024 : size;
        client->buffer = realloc(client->buffer, client->room);
    }
    if (size) memmove(client->buffer, rest, size);
    client->kept = size;
    if (size == 0 && client->buffer != NULL) {
        free(client->buffer);
        client->buffer = NULL;
        client->room = 0;
    }
}

bool take_frames(struct client *client, const char *data, size_t size) {
    int64_t now = now_ns();
    char *joined = NULL;
    if (client->kept) {
        joined = malloc(client->kept + size);
        memcpy(joined, client->buffer, client->kept);
        memcpy(joined + client->kept, data, size);
        data = joined;
        size += client->kept;
    }
    size_t done = 0;
    long took = 0;
    while (done < size && (took = take_frame(client, (const unsigned char *)data + done, size - done, now)) > 0)
        done += took;
    if (took >= 0) keep(client, data + done, size - done);
    free(joined);
    return took >= 0;
}

int send_text(struct client *client, const char *text, size_t size) {
    unsigned char frame[8 + 4096] = {0x81, 0xfe, (unsigned char)(size >> 8), (unsigned char)size};
    size_t head = 8;
    if (size < 126) {
        frame[1] = 0x80 | size;
        head = 6;
        memset(frame + 2, 0, 4);
    }
    memcpy(frame + head, text, size);
    return send(client->fd, frame, head + size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)(head + size);
}
