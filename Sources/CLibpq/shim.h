#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H
#include <libpq-fe.h>
#ifdef __linux__
// Glibc's module exports neither of these to Swift.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
#endif
