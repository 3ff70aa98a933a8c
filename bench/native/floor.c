/* The floor: a WebSocket server that does nothing but `send()` the same bytes to everyone.
 *
 * It does not read what clients say, keeps no buffers and computes no handshake digest: it answers
 * the one key that the load generator uses. `POST` publishes its body as a text frame.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 65536
#define ANSWER                                                                        \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define CREATED "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

static int sockets[MAX_FD], place[MAX_FD], count;

static void publish(const char *body, size_t size) {
    static char frame[65536 + 4];
    frame[0] = (char)0x81;
    frame[1] = 126;
    frame[2] = (char)(size >> 8);
    frame[3] = (char)size;
    memcpy(frame + 4, body, size);
    for (int i = 0; i < count; i++) (void)!send(sockets[i], frame, size + 4, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void forget(int fd) {
    if (place[fd]) {
        sockets[place[fd] - 1] = sockets[--count];
        place[sockets[place[fd] - 1]] = place[fd];
        place[fd] = 0;
    }
    close(fd);
}

static void serve(int fd) {
    static char request[65536];
    ssize_t size = recv(fd, request, sizeof request - 1, 0);
    if (size <= 0) {
        forget(fd);
        return;
    }
    if (place[fd]) return;
    request[size] = 0;
    char *body = strstr(request, "\r\n\r\n");
    if (body == NULL) return;
    body += 4;
    if (strncmp(request, "POST", 4) != 0) {
        place[fd] = count + 1;
        sockets[count++] = fd;
        (void)!send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
        return;
    }
    char *field = strcasestr(request, "content-length:");
    ssize_t length = field ? atol(field + 15) : 0, have = size - (body - request);
    while (have < length && (size = recv(fd, body + have, length - have, 0)) != 0)
        if (size > 0) have += size;
    publish(body, length);
    (void)!send(fd, CREATED, sizeof CREATED - 1, MSG_NOSIGNAL);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, poll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) {
        perror("listen");
        return 1;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) {
                serve(events[i].data.fd);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
