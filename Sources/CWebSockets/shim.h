// libwebsockets as Swift sees it: the library's own header, and by name what exists only as a
// macro too complex for Swift's importer. No logic lives here.
#ifndef CHARGEPI_CWEBSOCKETS_SHIM_H
#define CHARGEPI_CWEBSOCKETS_SHIM_H

#include <libwebsockets.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

enum {
  // Bytes that lws_write() needs free in front of every payload.
  CWS_WRITE_PREFIX_BYTES = LWS_PRE,
  // Kinds of sockets: libc has them in an enumeration that Swift's Glibc module does not show.
  CWS_SOCKET_STREAM = SOCK_STREAM,
  CWS_SOCKET_CLOSE_ON_EXEC = SOCK_CLOEXEC,
  CWS_SOCKET_NON_BLOCKING = SOCK_NONBLOCK,
};

// libc declares it for _GNU_SOURCE only, which Swift does not set.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

// Context and virtual host options: 64-bit shift macros.
static const uint64_t CWS_OPTION_TLS_LIBRARY_INIT = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
static const uint64_t CWS_OPTION_EXPLICIT_VHOSTS = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;

#endif
