/*
 * TLS 1.3 for ftp-load.c: by OpenSSL (tls-openssl.c), or not at all (tls-none.c), as it is linked. Nothing blocks: where a
 * call cannot go on, errno is EAGAIN.
 */
#include <stddef.h>
#include <sys/types.h>

/* What is spoken on one connection. */
struct tls;

/* What all connections may use: names of one suite and of one group, as OpenSSL has them. Ends the program when there is none. */
void tls_prepare(const char *suite, const char *group);

/* Takes over a connected descriptor. With `session_of`, another connection to the same server, it asks to resume that one. */
struct tls *tls_begin(int fd, struct tls *session_of);

/* 1 when the handshake is over, 0 when it waits for the server, -1 when it has failed. */
int tls_shake(struct tls *tls);

/* As read(2) and write(2), but for the first call after tls_begin. 0 is the end only when the server has announced it. */
ssize_t tls_read(struct tls *tls, void *to, size_t room);
ssize_t tls_write(struct tls *tls, const void *from, size_t count);

/* Whether octets have been taken from the descriptor that tls_read has not given yet: epoll(7) does not know of them. */
int tls_holds_octets(const struct tls *tls);

/* Announces the end of what is written. 1 when that is sent, 0 when it waits, -1 when it has failed. */
int tls_end(struct tls *tls);

/* Does not close the descriptor. */
void tls_free(struct tls *tls);

/* What went wrong last. */
const char *tls_complaint(void);

/* Version, suite and group of a connection, and whether it was resumed. */
void tls_describe(const struct tls *tls, char *text, size_t room);
