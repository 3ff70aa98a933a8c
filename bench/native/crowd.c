/* Connections: handshakes (RFC 6455 section 4.1), reading, closing, coming back. */
#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define EVENTS 1024

static int epoll_fd;
static int next_idle, under_way;
static bool input_waiting;
static char received[512 * 1024];

void crowd_start(void) {
    epoll_fd = epoll_create1(0);
    for (int i = 0; i < options.count; i++) {
        clients[i].fd = -1;
        clients[i].last = -1;
        clients[i].seq = -1;
    }
}

void crowd_watch_input(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

bool crowd_input_waiting(void) {
    bool waiting = input_waiting;
    input_waiting = false;
    return waiting;
}

static void start(int index) {
    struct client *client = &clients[index];
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->fd < 0) {
        perror("socket");
        exit(1);
    }
    int one = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    client->stalled = index < options.stalled;
    if (client->stalled && options.receive_buffer)
        setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(0x7f000000u + 2 + index % options.sources);
    if (bind(client->fd, (struct sockaddr *)&from, sizeof from) < 0) perror("bind");
    struct sockaddr_in *to = &options.servers[index % options.server_count];
    client->phase = CONNECTING;
    under_way++;
    if (connect(client->fd, (struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS) {
        tally.failed++;
        crowd_close(client);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event);
}

void crowd_connect_more(void) {
    while (under_way < options.inflight && next_idle < options.count) {
        if (clients[next_idle].phase == IDLE) start(next_idle);
        next_idle++;
    }
}

static void ask(struct client *client) {
    char request[4096], query[64] = "";
    int index = (int)(client - clients);
    const char *path = options.paths ? options.paths[index] : options.path;
    if (options.resume && client->seq >= 0)
        snprintf(query, sizeof query, "%csince=%lld&epoch=%s", strchr(path, '?') ? '&' : '?',
                 (long long)client->seq, client->epoch);
    int size = snprintf(request, sizeof request,
                        "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY "\r\n"
                        "Sec-WebSocket-Version: 13\r\nOrigin: %s\r\n\r\n",
                        path, query, ntohs(options.servers[index % options.server_count].sin_port),
                        options.origin);
    if (send(client->fd, request, size, MSG_NOSIGNAL) != size) {
        tally.failed++;
        crowd_close(client);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
    client->phase = SHAKING;
}

void crowd_became_ready(struct client *client) {
    client->phase = READY;
    under_way--;
    tally.ready++;
    if (client->stalled) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, client->fd, NULL);
}

/* The answer to the handshake, and what follows it in the same segment. */
static bool shake(struct client *client, const char *data, size_t size) {
    const char *end = memmem(data, size, "\r\n\r\n", 4);
    if (end == NULL) return size < 4096; /* answers of these servers come in one segment */
    if (size < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0) {
        if (tally.failed == 0) fprintf(stderr, "refused: %.*s\n", (int)(size < 200 ? size : 200), data);
        return false;
    }
    client->phase = CATCHING_UP;
    if (options.ready_on == NULL) crowd_became_ready(client);
    end += 4;
    return end == data + size || take_frames(client, end, data + size - end);
}

void crowd_close(struct client *client) {
    if (client->phase == CLOSED || client->phase == IDLE) return;
    if (client->phase == READY) tally.ready--;
    else under_way--;
    if (client->phase != READY) tally.failed++;
    client->phase = CLOSED;
    tally.closed++;
    close(client->fd);
    free(client->buffer);
    client->buffer = NULL;
    client->kept = client->room = 0;
    client->fd = -1;
}

static void read_from(struct client *client) {
    ssize_t size = recv(client->fd, received, sizeof received, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    bool goes_on = size > 0 && (client->phase == SHAKING ? shake(client, received, size)
                                                        : take_frames(client, received, size));
    if (!goes_on) crowd_close(client);
}

void crowd_poll(int timeout_ms) {
    static struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll_fd, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;
        if (client == NULL) {
            input_waiting = true;
            continue;
        }
        if (client->fd < 0) continue;
        if (client->phase == CONNECTING && events[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
            int error = 0;
            socklen_t length = sizeof error;
            getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &length);
            if (error) crowd_close(client);
            else ask(client);
        } else if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
            read_from(client);
        }
    }
}

void crowd_drop_all(void) {
    for (int i = 0; i < options.count; i++) {
        crowd_close(&clients[i]);
        clients[i].phase = IDLE;
    }
    tally.closed = 0;
    next_idle = 0;
}
