/* A load generator for WebSocket servers. Options on the command line, orders on standard input,
 * one JSON object a line on standard output:
 *
 *   connect S        start (again, after `drop` or for those closed); report when all are ready
 *   mark             forget what was counted
 *   expect K S       wait until everyone who reads has come to entry K (or further); report
 *   idle S           read for S seconds; report
 *   cast R K TEXT    have K clients in turn send TEXT ("{n}" is their number), R a second; wait for
 *                    all answers, at most 30 s more; report
 *   verdicts FILE    write which clients were acknowledged, one number a line
 *   drop             close all connections at once
 *   quit
 */
#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct options options = {.path = "/", .origin = "http://127.0.0.1", .count = 1, .sources = 8, .inflight = 64};
struct tally tally;
struct client *clients;
static int64_t marked_ns, marked_cpu_ns;
static int next_sender;

int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int64_t cpu_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

void record_latency(int64_t ns) {
    if (tally.latency_count == tally.latency_room) {
        tally.latency_room = tally.latency_room ? tally.latency_room * 2 : 65536;
        tally.latencies = realloc(tally.latencies, tally.latency_room * sizeof(uint32_t));
    }
    tally.latencies[tally.latency_count++] = ns < 0 ? 0 : (uint32_t)(ns / 1000);
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(double share) {
    if (!tally.latency_count) return -1;
    size_t index = (size_t)(share * (tally.latency_count - 1));
    return tally.latencies[index] / 1000.0;
}

static void report(void) {
    qsort(tally.latencies, tally.latency_count, sizeof(uint32_t), by_size);
    double wall = (now_ns() - marked_ns) / 1e9, cpu = (cpu_ns() - marked_cpu_ns) / 1e9;
    printf("{\"ready\":%d,\"closed\":%d,\"failed\":%lld,\"frames\":%lld,\"bytes\":%lld,\"entries\":%lld,"
           "\"lost\":%lld,\"doubled\":%lld,\"acked\":%lld,\"refused\":%lld,\"p50_ms\":%.3f,"
           "\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"wall_s\":%.4f,\"cpu_s\":%.4f}\n",
           tally.ready, tally.closed, (long long)tally.failed, (long long)tally.frames,
           (long long)tally.bytes, (long long)tally.entries, (long long)tally.lost,
           (long long)tally.doubled, (long long)tally.acked, (long long)tally.refused,
           percentile(0.5), percentile(0.9), percentile(0.99), percentile(1), wall, cpu);
    fflush(stdout);
}

static void mark(void) {
    int ready = tally.ready, closed = tally.closed;
    uint32_t *latencies = tally.latencies;
    size_t room = tally.latency_room;
    tally = (struct tally){.ready = ready, .closed = closed, .latencies = latencies, .latency_room = room};
    marked_ns = now_ns();
    marked_cpu_ns = cpu_ns();
}

static bool everyone_has(int64_t wanted) {
    for (int i = options.stalled; i < options.count; i++)
        if (clients[i].phase == READY && clients[i].last < wanted) return false;
    return true;
}

static void turn(int64_t until) {
    int64_t left = (until - now_ns()) / 1000000;
    crowd_poll(left > 20 ? 20 : left > 0 ? (int)left : 0);
}

static void connect_all(double seconds) {
    int64_t until = now_ns() + (int64_t)(seconds * 1e9);
    for (int i = 0; i < options.count; i++)
        if (clients[i].phase == CLOSED) clients[i].phase = IDLE;
    while (tally.ready < options.count && now_ns() < until) {
        crowd_connect_more();
        turn(until);
    }
    report();
}

static void expect(int64_t wanted, double seconds) {
    int64_t until = now_ns() + (int64_t)(seconds * 1e9), looked = -1;
    /* Looking at everyone is only worth it after something came. */
    while (now_ns() < until && !(tally.frames != looked && (looked = tally.frames, everyone_has(wanted))))
        turn(until);
    report();
}

static void idle(double seconds) {
    int64_t until = now_ns() + (int64_t)(seconds * 1e9);
    while (now_ns() < until) turn(until);
    report();
}

static void send_next(const char *template) {
    char text[2048];
    const char *hole = strstr(template, "{n}");
    int index = next_sender++ % options.count;
    struct client *client = &clients[index];
    if (client->phase != READY) return;
    int size = hole == NULL ? snprintf(text, sizeof text, "%s", template)
                            : snprintf(text, sizeof text, "%.*s%08d%s", (int)(hole - template), template,
                                       next_sender, hole + 3);
    client->sent_ns = now_ns();
    client->verdict = 0;
    if (!send_text(client, text, size)) crowd_close(client);
}

static void cast(double rate, int count, const char *template) {
    int64_t began = now_ns(), answered = tally.acked + tally.refused;
    int sent = 0;
    while (sent < count && tally.ready > 0) {
        int due = (int)((now_ns() - began) / 1e9 * rate) + 1;
        while (sent < due && sent < count) {
            send_next(template);
            sent++;
        }
        crowd_poll(1);
    }
    int64_t until = now_ns() + 30000000000LL;
    while (tally.acked + tally.refused - answered < count && tally.ready > 0 && now_ns() < until) turn(until);
    report();
}

static void verdicts(const char *name) {
    FILE *file = fopen(name, "w");
    for (int i = 0; file != NULL && i < options.count; i++)
        if (clients[i].verdict == 'a') fprintf(file, "%d\n", i);
    if (file != NULL) fclose(file);
    printf("{}\n");
    fflush(stdout);
}

static bool obey(char *line) {
    double seconds = 0, rate = 0;
    long long wanted = 0;
    int count = 0, at = 0;
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "connect %lf", &seconds) == 1) connect_all(seconds);
    else if (sscanf(line, "expect %lld %lf", &wanted, &seconds) == 2) expect(wanted, seconds);
    else if (sscanf(line, "idle %lf", &seconds) == 1) idle(seconds);
    else if (sscanf(line, "cast %lf %d %n", &rate, &count, &at) >= 2 && at) cast(rate, count, line + at);
    else if (strncmp(line, "verdicts ", 9) == 0) verdicts(line + 9);
    else if (strcmp(line, "mark") == 0) mark();
    else if (strcmp(line, "drop") == 0) crowd_drop_all();
    else return false;
    return true;
}

static void read_paths(const char *name) {
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        perror(name);
        exit(1);
    }
    options.paths = calloc(options.count, sizeof(char *));
    for (int i = 0; i < options.count; i++) {
        size_t room = 0;
        if (getline(&options.paths[i], &room, file) < 0) {
            fprintf(stderr, "%s has fewer than %d lines\n", name, options.count);
            exit(1);
        }
        options.paths[i][strcspn(options.paths[i], "\n")] = 0;
    }
    fclose(file);
}

static void add_servers(char *list) {
    for (char *port = strtok(list, ","); port != NULL && options.server_count < 8; port = strtok(NULL, ",")) {
        struct sockaddr_in *server = &options.servers[options.server_count++];
        server->sin_family = AF_INET;
        server->sin_port = htons((uint16_t)atoi(port));
        server->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
}

int main(int argc, char **argv) {
    static const struct option known[] = {
        {"ports", 1, 0, 'p'},   {"path", 1, 0, 'u'},    {"paths", 1, 0, 'f'},    {"count", 1, 0, 'n'},
        {"sources", 1, 0, 's'}, {"inflight", 1, 0, 'i'}, {"stalled", 1, 0, 't'}, {"receive-buffer", 1, 0, 'b'},
        {"origin", 1, 0, 'o'},  {"ready-on", 1, 0, 'r'}, {"resume", 0, 0, 'e'},  {0, 0, 0, 0}};
    const char *paths = NULL;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'p': add_servers(optarg); break;
        case 'u': options.path = optarg; break;
        case 'f': paths = optarg; break;
        case 'n': options.count = atoi(optarg); break;
        case 's': options.sources = atoi(optarg); break;
        case 'i': options.inflight = atoi(optarg); break;
        case 't': options.stalled = atoi(optarg); break;
        case 'b': options.receive_buffer = atoi(optarg); break;
        case 'o': options.origin = optarg; break;
        case 'r': options.ready_on = optarg; break;
        case 'e': options.resume = true; break;
        default: return 2;
        }
    }
    clients = calloc(options.count, sizeof *clients);
    if (paths != NULL) read_paths(paths);
    crowd_start();
    mark();
    crowd_watch_input(STDIN_FILENO);
    /* Unbuffered, so that an order is never hidden from epoll behind another. */
    setvbuf(stdin, NULL, _IONBF, 0);
    char *line = NULL;
    size_t room = 0;
    for (;;) {
        crowd_poll(-1);
        if (!crowd_input_waiting()) continue;
        if (getline(&line, &room, stdin) < 0 || !obey(line)) return 0;
    }
}
