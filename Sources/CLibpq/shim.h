#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H
#include <libpq-fe.h>
#ifdef __linux__
// Glibc's module exports none of these to Swift.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

// Swift imports no variadic function.
static inline void swell_name_thread(const char *name) {
  prctl(PR_SET_NAME, name, 0, 0, 0);
}
#endif
#endif
