#include "tls.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

/* No other type has this name: an SSL in disguise, so that ftp-load.c is compiled without OpenSSL. */
#define ssl_of(tls) ((SSL *)(tls))

static SSL_CTX *context;

const char *tls_complaint(void) {
  static char text[256];
  const unsigned long error = ERR_get_error();
  if (error == 0) return errno != 0 && errno != EAGAIN ? "the connection was lost" : "the connection ended in the midst";
  ERR_error_string_n(error, text, sizeof text);
  return text;
}

void tls_prepare(const char *suite, const char *group) {
  context = SSL_CTX_new(TLS_client_method());
  if (context == NULL || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
      !SSL_CTX_set_ciphersuites(context, suite) || !SSL_CTX_set1_groups_list(context, group)) {
    fprintf(stderr, "TLS with %s and %s: %s\n", suite, group, tls_complaint());
    exit(2);
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  /* A record is read in one call: not its head first. More at a time than that makes no difference. */
  SSL_CTX_set_read_ahead(context, 1);
}

struct tls *tls_begin(int fd, struct tls *session_of) {
  SSL *ssl = SSL_new(context);
  if (ssl == NULL || !SSL_set_fd(ssl, fd)) {
    fprintf(stderr, "TLS: %s\n", tls_complaint());
    exit(1);
  }
  SSL_set_connect_state(ssl);
  if (session_of != NULL) {
    SSL_SESSION *session = SSL_get1_session(ssl_of(session_of));
    if (session != NULL && SSL_SESSION_is_resumable(session)) SSL_set_session(ssl, session);
    SSL_SESSION_free(session);
  }
  return (struct tls *)ssl;
}

/* What a call that has returned `result`, not above 0, means: 0 the end, -1 with EAGAIN or another errno. */
static int outcome(SSL *ssl, int result) {
  const int lost = errno;
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_SYSCALL: errno = lost != 0 && lost != EAGAIN ? lost : EPROTO; return -1;
    default: errno = EPROTO; return -1;
  }
}

int tls_shake(struct tls *tls) {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_of(tls));
  if (result == 1) return 1;
  return outcome(ssl_of(tls), result) < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t tls_read(struct tls *tls, void *to, size_t room) {
  ERR_clear_error();
  const int got = SSL_read(ssl_of(tls), to, (int)room);
  return got > 0 ? got : outcome(ssl_of(tls), got);
}

ssize_t tls_write(struct tls *tls, const void *from, size_t count) {
  ERR_clear_error();
  const int sent = SSL_write(ssl_of(tls), from, (int)count);
  return sent > 0 ? sent : outcome(ssl_of(tls), sent) < 0 ? -1 : 0;
}

int tls_holds_octets(const struct tls *tls) {
  return SSL_has_pending((const SSL *)tls);
}

int tls_end(struct tls *tls) {
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_of(tls));
  if (result >= 0) return 1;
  return outcome(ssl_of(tls), result) < 0 && errno == EAGAIN ? 0 : -1;
}

void tls_free(struct tls *tls) {
  SSL_free(ssl_of(tls));
}

void tls_describe(const struct tls *tls, char *text, size_t room) {
  SSL *ssl = (SSL *)tls;
  snprintf(text, room, "%s %s %s%s", SSL_get_version(ssl), SSL_get_cipher_name(ssl),
           OBJ_nid2sn((int)SSL_get_negotiated_group(ssl)), SSL_session_reused(ssl) ? ", resumed" : "");
}
