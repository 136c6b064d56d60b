/* For an ftp-load without TLS, which needs no library. */
#include "tls.h"
#include <stdio.h>
#include <stdlib.h>

void tls_prepare(const char *suite, const char *group) {
  (void)suite, (void)group;
  fprintf(stderr, "this ftp-load is built without TLS\n");
  exit(2);
}

/* None of the rest is reached. */
struct tls *tls_begin(int fd, struct tls *session_of) { (void)fd, (void)session_of; abort(); }
int tls_shake(struct tls *tls) { (void)tls; abort(); }
ssize_t tls_read(struct tls *tls, void *to, size_t room) { (void)tls, (void)to, (void)room; abort(); }
ssize_t tls_write(struct tls *tls, const void *from, size_t count) { (void)tls, (void)from, (void)count; abort(); }
int tls_holds_octets(const struct tls *tls) { (void)tls; abort(); }
int tls_end(struct tls *tls) { (void)tls; abort(); }
void tls_free(struct tls *tls) { (void)tls; abort(); }
const char *tls_complaint(void) { abort(); }
void tls_describe(const struct tls *tls, char *text, size_t room) { (void)tls, (void)text, (void)room; abort(); }
