/*
 * Many FTP clients in one process that cost little: what they do is a script, and every octet that they get is checked.
 * In C, because a client that takes as much of the machine as the server measures itself.
 *
 * cc -O3 -o ftp-load ftp-load.c tls-none.c
 * cc -O3 -o ftp-load ftp-load.c tls-openssl.c -lssl -lcrypto
 * ./ftp-load clients address=A port=P script=S [sessions=N] [at-once=N] [together=1] [repeat=N] [source=FILE]
 *            [name=NAME] [silence-ms=N] [suite=S group=G]
 * ./ftp-load compare SOURCE FILE...
 *
 * `clients` logs in as anonymous and runs the script, a letter for each step: P PASV, T TYPE I, S SIZE, R RETR, W STOR,
 * Q QUIT. What RETR brings must equal SOURCE, by length and checksum; STOR sends SOURCE, as NAME with the number of the
 * session behind it. With `together` all sessions log in first, and the clock starts when the last one has. Prints one
 * line of JSON, keeps its connections until standard input ends, says QUIT and waits until the server has closed them:
 * so that one can look at the server while it still has its clients.
 * With `suite`, AUTH TLS comes before the login and a full handshake of TLS 1.3 with that suite and that group, and PROT P
 * after it, where something is transferred; data connections resume the session of the control connection if the server
 * lets them.
 * `compare` checks files against SOURCE by length and checksum.
 *
 * Exit codes: 1 it went wrong, 2 wrong usage, 3 wrong octets, 4 the server has gone silent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "tls.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { FAILED = 1, USAGE = 2, WRONG_OCTETS = 3, SILENT = 4 };

/* Sessions come from 127.1.0.1 to 127.1.0.200 in turn: each has ephemeral ports of its own, TIME_WAIT or not. */
#define LOCAL_ADDRESSES 200
/* Before the clock starts: no more than the shortest listen queue holds, because a SYN too many waits a second. */
#define QUIET_LOGINS 8
#define REPLY_MAX 4096
#define EVENTS_MAX 64
#define GOODBYE_MS 3000
#define SEND_AT_ONCE (1 << 20)
/* Stays in the processor's cache between recv(2) and the checksum. */
#define RECEIVE_AT_ONCE (256 << 10)
/* Of one connection, before others get their turn: tls_read gives no more than a record, of 16 KiB. */
#define RECORDS_IN_A_TURN 32
#define TLS_WRITE_AT_ONCE (256 << 10)

/* ---- Checksum: the sum of all 64-bit words, each times an odd number of its own: swapped blocks show as well ---- */

struct digest {
  uint64_t octets;
  uint64_t sum;
  uint64_t words;
  int rest;
  unsigned char tail[8];
};

/* In front of the octets, there must be room for those that made no whole word last time. */
static _Alignas(64) unsigned char buffer[64 + RECEIVE_AT_ONCE];

static void absorb_words(struct digest *digest, const uint64_t *word, size_t count) {
  uint64_t sum = 0;
  const uint64_t first = digest->words;
  for (size_t i = 0; i < count; i++) sum += word[i] * (2 * (first + i) + 1);
  digest->sum += sum;
  digest->words += count;
}

/* Takes `count` octets at buffer + digest->rest, which the caller has just put there. */
static void absorb(struct digest *digest, size_t count) {
  memcpy(buffer, digest->tail, (size_t)digest->rest);
  const size_t all = (size_t)digest->rest + count;
  absorb_words(digest, (const uint64_t *)buffer, all / 8);
  digest->rest = (int)(all % 8);
  memcpy(digest->tail, buffer + all - digest->rest, (size_t)digest->rest);
  digest->octets += count;
}

static uint64_t sum_of(const struct digest *digest) {
  uint64_t last = 0;
  memcpy(&last, digest->tail, (size_t)digest->rest);
  return digest->sum + last * (2 * digest->words + 1);
}

static void die(const char *what) {
  perror(what);
  exit(FAILED);
}

static struct digest digest_of_file(const char *path) {
  struct digest digest = {0};
  const int fd = open(path, O_RDONLY);
  if (fd < 0) die(path);
  ssize_t got;
  while ((got = read(fd, buffer + digest.rest, RECEIVE_AT_ONCE)) > 0) absorb(&digest, (size_t)got);
  if (got < 0) die(path);
  close(fd);
  return digest;
}

static void must_equal(const struct digest *got, const struct digest *wanted, const char *what) {
  if (got->octets == wanted->octets && sum_of(got) == sum_of(wanted)) return;
  fprintf(stderr, "wrong octets in %s: %llu with checksum %016llx instead of %llu with %016llx\n", what,
          (unsigned long long)got->octets, (unsigned long long)sum_of(got), (unsigned long long)wanted->octets,
          (unsigned long long)sum_of(wanted));
  exit(WRONG_OCTETS);
}

/* ---- Plan ---- */

static struct {
  struct sockaddr_in server;
  const char *script;
  const char *name;
  const char *source;
  const char *suite, *group;
  long sessions, at_once, repeat, silence_ms;
  int together;
} plan = {.script = "", .name = "file", .group = "P-256", .sessions = 1, .at_once = 1, .repeat = 1, .silence_ms = 20000};

static struct digest source;
static int source_fd = -1;
/* The same, for what encrypts it. */
static const unsigned char *source_octets;
/* Of the first session. */
static char negotiated[128], negotiated_for_data[128];

/* ---- Sessions ---- */

enum stage { LOGGING_IN, STANDING, WORKING, DONE };
/* What epoll tells of: a descriptor of a session, and which one. */
struct channel {
  struct session *session;
  int fd;
  /* Null where the connection is a plain one. */
  struct tls *tls;
  int shaking;
};

struct session {
  struct channel control, data;
  struct session *next_vacant;
  enum stage stage;
  long number, passes;
  /* Where in the login or in the script. */
  int step;
  int transfer_opened, transfer_ended, reply_ended;
  off_t sent;
  double began;
  struct digest got;
  struct sockaddr_in local;
  int length, multiline;
  char reply[REPLY_MAX];
};

static int poller;
/* Sessions that have said QUIT give their place to the next. */
static struct session *all, *vacant;
static long places, begun, active, standing, done, pass;
/* Of every pass through the script. */
static double *durations;
static double clock_began;
static struct rusage usage_began;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double processor_seconds(const struct rusage *usage) {
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static void start_clock(void) {
  getrusage(RUSAGE_SELF, &usage_began);
  clock_began = now();
}

static void fail(const struct session *session, const char *what, const char *got) {
  fprintf(stderr, "session %ld: %s%s\n", session->number, what, got);
  exit(FAILED);
}

static int new_socket(struct session *session, const struct sockaddr_in *to) {
  static const int on = 1;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, (const struct sockaddr *)&session->local, sizeof session->local) < 0) die("bind");
  if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS) die("connect");
  return fd;
}

/*
 * Where more clients come than a listen queue holds, Linux answers some of them by cookie and then forgets them, while
 * they wait for a greeting. Probes show who was forgotten: they are reset, and try again as anybody would.
 */
static void probe(int fd) {
  static const int on = 1, after_seconds = 1;
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &after_seconds, sizeof after_seconds);
}

static void watch(struct channel *channel, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = channel};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, channel->fd, &event) < 0) die("epoll_ctl");
}

static void rewatch(struct channel *channel, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = channel};
  if (epoll_ctl(poller, EPOLL_CTL_MOD, channel->fd, &event) < 0) die("epoll_ctl");
}

static void shut(struct channel *channel) {
  if (channel->tls != NULL) tls_free(channel->tls);
  channel->tls = NULL;
  channel->shaking = 0;
  if (channel->fd >= 0) close(channel->fd);
  channel->fd = -1;
}

static void knock(struct session *session) {
  session->control.fd = new_socket(session, &plan.server);
  probe(session->control.fd);
  watch(&session->control, EPOLLIN);
}

static void begin(struct session *session) {
  memset(session, 0, sizeof *session);
  session->number = begun++;
  active++;
  session->local.sin_family = AF_INET;
  session->local.sin_addr.s_addr = htonl(0x7f010001u + (unsigned)(session->number % LOCAL_ADDRESSES));
  session->control.session = session->data.session = session;
  session->data.fd = -1;
  knock(session);
}

static ssize_t send_control(struct session *session, const char *line, size_t length) {
  const struct channel *control = &session->control;
  return control->tls != NULL ? tls_write(control->tls, line, length) : write(control->fd, line, length);
}

static void say(struct session *session, const char *format, const char *name, long number) {
  char line[512];
  const int length =
      number < 0 ? snprintf(line, sizeof line, format, name) : snprintf(line, sizeof line, format, name, number);
  if (send_control(session, line, (size_t)length) != length) fail(session, "cannot send ", line);
}

static void do_step(struct session *session);

static void finish(struct session *session) {
  durations[pass++] = now() - session->began;
  if (++session->passes < plan.repeat) {
    session->step = 0;
    do_step(session);
    return;
  }
  session->stage = DONE;
  if (!plan.together) active--;
  done++;
  if (session->control.fd >= 0) return;
  session->next_vacant = vacant;
  vacant = session;
}

static void work(struct session *session) {
  session->stage = WORKING;
  session->step = 0;
  if (*plan.script) {
    do_step(session);
  } else {
    session->began = clock_began;
    finish(session);
  }
}

static void do_step(struct session *session) {
  if (session->step == 0) session->began = now();
  switch (plan.script[session->step]) {
    case 'P': say(session, "PASV\r\n", "", -1); break;
    case 'T': say(session, "TYPE I\r\n", "", -1); break;
    case 'S': say(session, "SIZE %s\r\n", plan.name, -1); break;
    case 'Q': say(session, "QUIT\r\n", "", -1); break;
    case 'R':
    case 'W':
      session->transfer_opened = session->transfer_ended = session->reply_ended = 0;
      session->sent = 0;
      memset(&session->got, 0, sizeof session->got);
      if (plan.script[session->step] == 'W') {
        say(session, "STOR %s%ld\r\n", plan.name, session->number);
      } else {
        say(session, "RETR %s\r\n", plan.name, -1);
        if (plan.suite == NULL) watch(&session->data, EPOLLIN);
      }
      /* Nothing can be sent before it is connected. */
      if (plan.suite != NULL) {
        session->data.tls = tls_begin(session->data.fd, session->control.tls);
        session->data.shaking = 1;
        watch(&session->data, EPOLLOUT);
      }
      break;
    default: finish(session);
  }
}

static void next_step(struct session *session) {
  session->step++;
  do_step(session);
}

static void transfer_may_be_over(struct session *session) {
  if (!session->transfer_ended || !session->reply_ended) return;
  if (plan.script[session->step] == 'R') must_equal(&session->got, &source, "what RETR brought");
  next_step(session);
}

static void connect_data(struct session *session, const char *reply) {
  unsigned a, b, c, d, high, low;
  const char *open = strchr(reply, '(');
  if (open == NULL || sscanf(open, "(%u,%u,%u,%u,%u,%u)", &a, &b, &c, &d, &high, &low) != 6) {
    fail(session, "no address in ", reply);
  }
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)(high << 8 | low))};
  to.sin_addr.s_addr = htonl(a << 24 | b << 16 | c << 8 | d);
  session->data.fd = new_socket(session, &to);
}

static void expect(const struct session *session, const char *reply, const char *code) {
  if (strncmp(reply, code, strlen(code)) == 0) return;
  fprintf(stderr, "session %ld: expected %s, got: %s\n", session->number, code, reply);
  exit(FAILED);
}

/* What is said after each reply of the login, and the code that the reply must have. */
struct login_step {
  const char *code, *request;
};

static const char begin_tls[] = "AUTH TLS\r\n";
static const struct login_step plain_login[] = {
    {"220", "USER anonymous\r\n"}, {"331", "PASS bench@example.org\r\n"}, {"230", NULL}};
static const struct login_step tls_login[] = {
    {"220", begin_tls}, {"234", "USER anonymous\r\n"}, {"331", "PASS bench@example.org\r\n"}, {"230", NULL}};
static const struct login_step tls_login_for_data[] = {
    {"220", begin_tls}, {"234", "USER anonymous\r\n"}, {"331", "PASS bench@example.org\r\n"},
    {"230", "PBSZ 0\r\n"}, {"200", "PROT P\r\n"}, {"200", NULL}};
static const struct login_step *login = plain_login;

static void be_logged_in(struct session *session) {
  if (!plan.together) {
    work(session);
    return;
  }
  session->stage = STANDING;
  standing++;
  active--;
}

static void go_on_with_login(struct session *session) {
  const char *request = login[session->step++].request;
  if (request != NULL) say(session, "%s", request, -1);
  else be_logged_in(session);
}

/* Watched for input already. */
static void shake_control(struct session *session) {
  switch (tls_shake(session->control.tls)) {
    case 0: return;
    case 1: break;
    default: fail(session, "TLS: ", tls_complaint());
  }
  session->control.shaking = 0;
  if (*negotiated == 0) tls_describe(session->control.tls, negotiated, sizeof negotiated);
  go_on_with_login(session);
}

static void take_login_reply(struct session *session, const char *reply) {
  expect(session, reply, login[session->step].code);
  if (session->step > 0 && login[session->step - 1].request == begin_tls) {
    session->control.tls = tls_begin(session->control.fd, NULL);
    session->control.shaking = 1;
    shake_control(session);
  } else {
    go_on_with_login(session);
  }
}

/* When the server has said that it is ready, and the handshake is over where there is one. */
static void begin_upload(struct session *session) {
  if (session->data.shaking) return;
  if (session->data.tls != NULL) rewatch(&session->data, session->transfer_opened ? EPOLLOUT : 0);
  else watch(&session->data, EPOLLOUT);
}

static void take_reply(struct session *session, const char *reply) {
  if (session->stage == LOGGING_IN) {
    take_login_reply(session, reply);
    return;
  }
  switch (plan.script[session->step]) {
    case 'P':
      expect(session, reply, "227");
      connect_data(session, reply);
      break;
    case 'T': expect(session, reply, "200"); break;
    case 'S': expect(session, reply, "213"); break;
    case 'Q':
      expect(session, reply, "221");
      shut(&session->control);
      break;
    default:
      if (reply[0] == '1') {
        session->transfer_opened = 1;
        if (plan.script[session->step] == 'W') begin_upload(session);
        return;
      }
      expect(session, reply, "2");
      session->reply_ended = 1;
      transfer_may_be_over(session);
      return;
  }
  next_step(session);
}

static ssize_t receive(const struct channel *channel, void *to, size_t room) {
  return channel->tls != NULL ? tls_read(channel->tls, to, room) : recv(channel->fd, to, room, 0);
}

/* Gives on every reply that is complete: its last line. */
static void read_control(struct session *session) {
  const size_t room = sizeof session->reply - 1 - (size_t)session->length;
  const ssize_t got = receive(&session->control, session->reply + session->length, room);
  if (got < 0 && errno == EAGAIN) return;
  if (got < 0 && errno == ECONNRESET && session->stage == LOGGING_IN && session->step == 0) {
    shut(&session->control);
    knock(session);
    return;
  }
  if (got < 0 && session->control.tls != NULL) fail(session, "control connection: ", tls_complaint());
  if (got < 0) die("read");
  if (got == 0) fail(session, "the server closed the control connection", "");
  session->length += (int)got;
  for (;;) {
    char *end = memchr(session->reply, '\n', (size_t)session->length);
    if (end == NULL) break;
    char line[REPLY_MAX];
    const int length = (int)(end + 1 - session->reply);
    memcpy(line, session->reply, (size_t)length);
    line[length - 1] = 0;
    session->length -= length;
    memmove(session->reply, end + 1, (size_t)session->length);
    const int code = atoi(line);
    if (session->multiline == 0 && line[3] == '-') session->multiline = code;
    if (session->multiline != 0 && (code != session->multiline || line[3] != ' ')) continue;
    session->multiline = 0;
    take_reply(session, line);
    if (session->control.fd < 0) return;
  }
  if (session->length == (int)sizeof session->reply - 1) fail(session, "a reply without end", "");
}

static void end_data(struct session *session) {
  shut(&session->data);
  session->transfer_ended = 1;
  transfer_may_be_over(session);
}

/* Returns whether there may be more. */
static int read_data(struct session *session) {
  const ssize_t got = receive(&session->data, buffer + session->got.rest, RECEIVE_AT_ONCE);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got < 0 && session->data.tls != NULL) fail(session, "data connection: ", tls_complaint());
  if (got < 0) die("recv");
  if (got > 0) absorb(&session->got, (size_t)got);
  if (got == 0) end_data(session);
  return got > 0;
}

static void read_records(struct session *session) {
  for (int records = 0; records < RECORDS_IN_A_TURN || tls_holds_octets(session->data.tls); records++) {
    if (!read_data(session)) return;
  }
}

static void write_data(struct session *session) {
  const ssize_t sent = sendfile(session->data.fd, source_fd, &session->sent, SEND_AT_ONCE);
  if (sent < 0 && errno != EAGAIN) die("sendfile");
  if ((uint64_t)session->sent == source.octets) end_data(session);
}

/*
 * After the last octet come the announcement of the end and the end of TCP; then the server's end is awaited: a socket that is
 * closed while something in it is unread, such as a ticket, is reset, and the server may lose what it has not read yet.
 */
static void write_records(struct session *session) {
  for (;;) {
    const uint64_t left = source.octets - (uint64_t)session->sent;
    if (left == 0) break;
    const size_t count = left < TLS_WRITE_AT_ONCE ? (size_t)left : TLS_WRITE_AT_ONCE;
    const ssize_t sent = tls_write(session->data.tls, source_octets + session->sent, count);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent <= 0) fail(session, "data connection: ", tls_complaint());
    session->sent += sent;
  }
  const int ended = tls_end(session->data.tls);
  if (ended < 0) fail(session, "data connection: ", tls_complaint());
  if (ended == 0) return;
  if (shutdown(session->data.fd, SHUT_WR) < 0) die("shutdown");
  rewatch(&session->data, EPOLLIN);
}

/* Whether the server announces its end as well does not matter once everything is sent. */
static void await_end(struct session *session) {
  const ssize_t got = recv(session->data.fd, buffer, RECEIVE_AT_ONCE, 0);
  if (got > 0 || (got < 0 && errno == EAGAIN)) return;
  end_data(session);
}

static void shake_data(struct session *session) {
  switch (tls_shake(session->data.tls)) {
    case 0: rewatch(&session->data, EPOLLIN); return;
    case 1: break;
    default: fail(session, "TLS of the data connection: ", tls_complaint());
  }
  session->data.shaking = 0;
  if (*negotiated_for_data == 0) tls_describe(session->data.tls, negotiated_for_data, sizeof negotiated_for_data);
  if (plan.script[session->step] == 'W') begin_upload(session);
  else read_records(session);
}

static void dispatch_control(struct session *session) {
  if (session->control.shaking) {
    shake_control(session);
    return;
  }
  do read_control(session);
  while (session->control.tls != NULL && tls_holds_octets(session->control.tls));
}

static void dispatch_data(struct session *session, uint32_t events) {
  const int reads = plan.script[session->step] == 'R';
  if (session->data.shaking) shake_data(session);
  else if (session->data.tls == NULL && reads) (void)read_data(session);
  else if (session->data.tls == NULL) write_data(session);
  else if (reads) read_records(session);
  else if (events & EPOLLOUT) write_records(session);
  else if (session->transfer_opened && (uint64_t)session->sent == source.octets) await_end(session);
}

static void dispatch(const struct epoll_event *event) {
  const struct channel *channel = event->data.ptr;
  if (channel->fd < 0) return; /* Closed by an event before this one. */
  if (channel == &channel->session->control) dispatch_control(channel->session);
  else dispatch_data(channel->session, event->events);
}

static void begin_some(long at_once) {
  while (begun < plan.sessions && active < at_once) {
    struct session *session = vacant;
    if (session != NULL) vacant = session->next_vacant;
    begin(session != NULL ? session : &all[places++]);
  }
}

/* Says what the first session that is not done was waiting for. */
static void be_done_with_silence(void) {
  const struct session *session = all;
  while (session->stage == DONE || session->stage == STANDING) session++;
  const char *what = session->stage == LOGGING_IN ? "reply in the login" : "step of the script";
  fprintf(stderr, "silent for %ld ms, %ld of %ld sessions done, session %ld waits for %s %d\n", plan.silence_ms, done,
          plan.sessions, session->number, what, session->step + 1);
  exit(SILENT);
}

static void run(void) {
  const long logins = plan.together && plan.at_once > QUIET_LOGINS ? QUIET_LOGINS : plan.at_once;
  begin_some(logins);
  while (done < plan.sessions) {
    struct epoll_event events[EVENTS_MAX];
    const int count = epoll_wait(poller, events, EVENTS_MAX, (int)plan.silence_ms);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    if (count == 0) be_done_with_silence();
    for (int i = 0; i < count; i++) dispatch(&events[i]);
    begin_some(logins);
    if (plan.together && standing == plan.sessions) {
      standing = 0;
      start_clock();
      for (long i = 0; i < plan.sessions; i++) work(&all[i]);
    }
  }
}

static int by_size(const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void report(void) {
  const double seconds = now() - clock_began;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const long transfers = strpbrk(plan.script, "RW") ? pass : 0;
  qsort(durations, (size_t)pass, sizeof *durations, by_size);
  printf("{\"sessions\":%ld,\"seconds\":%.6f,\"processorSeconds\":%.6f,\"octets\":%llu,"
         "\"p50Seconds\":%.7f,\"p99Seconds\":%.7f,\"negotiated\":[",
         plan.sessions, seconds, processor_seconds(&usage) - processor_seconds(&usage_began),
         (unsigned long long)transfers * source.octets, durations[pass / 2], durations[pass * 99 / 100]);
  if (*negotiated) printf("\"%s\"", negotiated);
  if (*negotiated_for_data) printf(",\"%s\"", negotiated_for_data);
  printf("]}\n");
  fflush(stdout);
}

static void say_goodbye(void) {
  char rest[REPLY_MAX];
  const double until = now() + GOODBYE_MS / 1e3;
  while (read(STDIN_FILENO, rest, sizeof rest) > 0) continue;
  for (long i = 0; i < places; i++) {
    if (all[i].control.fd >= 0) (void)send_control(&all[i], "QUIT\r\n", 6);
  }
  for (long i = 0; i < places; i++) {
    while (all[i].control.fd >= 0 && now() < until) {
      const ssize_t got = read(all[i].control.fd, rest, sizeof rest);
      if (got < 0 && errno == EAGAIN) usleep(1000);
      else if (got <= 0) break;
    }
  }
}

static void parse(int argc, char **argv) {
  plan.server.sin_family = AF_INET;
  for (int i = 2; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (value == NULL) {
      fprintf(stderr, "what is %s?\n", argv[i]);
      exit(USAGE);
    }
    *value++ = 0;
    const char *key = argv[i];
    if (strcmp(key, "address") == 0 && inet_pton(AF_INET, value, &plan.server.sin_addr) == 1) continue;
    if (strcmp(key, "port") == 0) plan.server.sin_port = htons((unsigned short)atoi(value));
    else if (strcmp(key, "script") == 0) plan.script = value;
    else if (strcmp(key, "name") == 0) plan.name = value;
    else if (strcmp(key, "source") == 0) plan.source = value;
    else if (strcmp(key, "suite") == 0) plan.suite = value;
    else if (strcmp(key, "group") == 0) plan.group = value;
    else if (strcmp(key, "sessions") == 0) plan.sessions = atol(value);
    else if (strcmp(key, "at-once") == 0) plan.at_once = atol(value);
    else if (strcmp(key, "repeat") == 0) plan.repeat = atol(value);
    else if (strcmp(key, "silence-ms") == 0) plan.silence_ms = atol(value);
    else if (strcmp(key, "together") == 0) plan.together = atoi(value);
    else {
      fprintf(stderr, "what is %s?\n", key);
      exit(USAGE);
    }
  }
  if (plan.at_once > plan.sessions) plan.at_once = plan.sessions;
}

static void use_tls(void) {
  tls_prepare(plan.suite, plan.group);
  login = strpbrk(plan.script, "RW") != NULL ? tls_login_for_data : tls_login;
  if (strchr(plan.script, 'W') == NULL || source.octets == 0) return;
  source_octets = mmap(NULL, source.octets, PROT_READ, MAP_SHARED | MAP_POPULATE, source_fd, 0);
  if (source_octets == MAP_FAILED) die("mmap");
}

static void allow_many_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
  if (argc >= 4 && strcmp(argv[1], "compare") == 0) {
    source = digest_of_file(argv[2]);
    for (int i = 3; i < argc; i++) {
      const struct digest digest = digest_of_file(argv[i]);
      must_equal(&digest, &source, argv[i]);
    }
    return 0;
  }
  if (argc < 4 || strcmp(argv[1], "clients") != 0) {
    fprintf(stderr, "usage: ftp-load clients KEY=VALUE...\n       ftp-load compare SOURCE FILE...\n");
    return USAGE;
  }
  parse(argc, argv);
  allow_many_descriptors();
  if (plan.source != NULL) {
    source = digest_of_file(plan.source);
    source_fd = open(plan.source, O_RDONLY);
  }
  if (plan.suite != NULL) use_tls();
  all = calloc((size_t)plan.sessions, sizeof *all);
  durations = calloc((size_t)(plan.sessions * plan.repeat), sizeof *durations);
  poller = epoll_create1(0);
  if (all == NULL || durations == NULL || poller < 0) die("start");
  start_clock();
  run();
  report();
  say_goodbye();
  return 0;
}
