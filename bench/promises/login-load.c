/*
 * A client that costs next to nothing: logs in so many times, so many sessions at a time, and says how long it took, of the
 * clock and of the processor. In C, because a client that takes as much of the machine as the server measures itself.
 *
 * cc -O2 -o login-load login-load.c
 * ./login-load ADDRESS PORT SESSIONS AT_ONCE USER PASSWORD
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/* Sessions come from 127.1.0.1 to 127.1.0.200 in turn: each has ephemeral ports of its own, TIME_WAIT or not. */
#define LOCAL_ADDRESSES 200
#define REPLY_MAX 512
#define EVENTS_MAX 64
#define SILENCE_MS 10000

/* The dialogue: what is sent after each reply, and the code that reply must have. */
enum { STEPS = 4 };
static const char *const expected[STEPS] = {"220", "331", "230", "221"};
static char requests[STEPS][160];

struct session {
  int fd;
  int step;
  int length;
  char reply[REPLY_MAX];
};

static struct sockaddr_in server;
static int poller;
static long started;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void begin(struct session *session) {
  static const int on = 1;
  struct sockaddr_in local = {.sin_family = AF_INET};
  local.sin_addr.s_addr = htonl(0x7f010001u + (unsigned)(started++ % LOCAL_ADDRESSES));
  session->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  session->step = 0;
  session->length = 0;
  if (session->fd < 0) die("socket");
  setsockopt(session->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(session->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(session->fd, (struct sockaddr *)&local, sizeof local) < 0) die("bind");
  if (connect(session->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) die("connect");
  /* The server speaks first: there is nothing to wait for but that. */
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, session->fd, &event) < 0) die("epoll_ctl");
}

/* Whether the last line of a reply is there: digits, a blank, and what follows up to the end of the line. */
static int complete(const struct session *session) {
  const char *end = session->reply + session->length;
  if (session->length < 5 || end[-1] != '\n') return 0;
  const char *line = end - 1;
  while (line > session->reply && line[-1] != '\n') line--;
  return end - line > 4 && line[3] == ' ';
}

/* Returns whether the session has come to its end. */
static int go_on(struct session *session) {
  ssize_t got = read(session->fd, session->reply + session->length, REPLY_MAX - 1 - session->length);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got < 0) die("read");
  if (got == 0) {
    fprintf(stderr, "the server closed the connection instead of a %s\n", expected[session->step]);
    exit(1);
  }
  session->length += (int)got;
  if (!complete(session)) return 0;
  if (strncmp(session->reply, expected[session->step], 3) != 0) {
    session->reply[session->length] = 0;
    fprintf(stderr, "expected %s, got: %s", expected[session->step], session->reply);
    exit(1);
  }
  const char *request = requests[session->step];
  session->length = 0;
  if (++session->step == STEPS) return 1;
  if (write(session->fd, request, strlen(request)) < 0) die("write");
  return 0;
}

static double seconds(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: login-load ADDRESS PORT SESSIONS AT_ONCE USER PASSWORD\n");
    return 2;
  }
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(argv[2]));
  if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) die("address");
  const long sessions = atol(argv[3]);
  const long wanted = atol(argv[4]);
  const long at_once = wanted < sessions ? wanted : sessions;
  snprintf(requests[0], sizeof requests[0], "USER %s\r\n", argv[5]);
  snprintf(requests[1], sizeof requests[1], "PASS %s\r\n", argv[6]);
  snprintf(requests[2], sizeof requests[2], "QUIT\r\n");

  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  poller = epoll_create1(0);
  if (poller < 0) die("epoll_create1");
  struct session *all = calloc((size_t)at_once, sizeof *all);
  if (all == NULL) die("calloc");
  for (long i = 0; i < at_once; i++) begin(&all[i]);
  for (long done = 0; done < sessions;) {
    struct epoll_event events[EVENTS_MAX];
    const int count = epoll_wait(poller, events, EVENTS_MAX, SILENCE_MS);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    if (count == 0) {
      fprintf(stderr, "the server has said nothing for %d ms\n", SILENCE_MS);
      return 1;
    }
    for (int i = 0; i < count; i++) {
      struct session *session = events[i].data.ptr;
      if (!go_on(session)) continue;
      close(session->fd);
      done++;
      if (started < sessions) begin(session);
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"sessions\":%ld,\"seconds\":%.6f,\"processorSeconds\":%.6f}\n", sessions,
         (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
         seconds(usage.ru_utime) + seconds(usage.ru_stime));
  return 0;
}
