/* A crowd of WebSocket clients driven by one epoll loop. */
#ifndef CLIENT_H
#define CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum phase { IDLE, CONNECTING, SHAKING, CATCHING_UP, READY, CLOSED };

struct client {
    int fd;
    enum phase phase;
    bool stalled;          /* never reads once it is ready */
    uint32_t kept, room;   /* bytes of an incomplete frame, and allocated for it */
    char *buffer;
    int64_t last;          /* number of the last marked entry; -1: none yet */
    int64_t seq;           /* position in the timeline, for coming back */
    char epoch[16];
    int64_t sent_ns;       /* when the command under way was sent; 0: none */
    char verdict;          /* 'a'cked, 'r'efused or 0 */
};

struct options {
    struct sockaddr_in servers[8];
    int server_count;
    const char *path;      /* asked for by everyone, or ... */
    char **paths;          /* ... one for each client */
    const char *origin;
    const char *ready_on;  /* what a frame must contain for the client to be ready */
    int count, sources, inflight, stalled, receive_buffer;
    bool resume;           /* keep position and epoch, and come back with them */
};

struct tally {
    int64_t frames, bytes, entries, lost, doubled, acked, refused, failed;
    int ready, closed;
    uint32_t *latencies;   /* microseconds */
    size_t latency_count, latency_room;
};

extern struct options options;
extern struct tally tally;
extern struct client *clients;

int64_t now_ns(void);
void record_latency(int64_t ns);

/* frames.c: take what was received; false: the connection is over. */
bool take_frames(struct client *client, const char *data, size_t size);
/* Write a masked text frame (RFC 6455 section 5.2); 0 when it did not go out whole. */
int send_text(struct client *client, const char *text, size_t size);

/* crowd.c */
void crowd_start(void);
void crowd_connect_more(void);   /* start handshakes, as many as may be under way */
void crowd_poll(int timeout_ms);
void crowd_drop_all(void);       /* close every connection; they connect again */
void crowd_close(struct client *client);
void crowd_became_ready(struct client *client);
void crowd_watch_input(int fd);
bool crowd_input_waiting(void);

#endif
