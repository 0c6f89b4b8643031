/*
 * libskew.so: preloaded into a program that is linked with glibc, it skews the wall clock that the program reads, and
 * nothing else: sleeps, timers and the monotonic clock stay true at any rate. SNOWGLOBE_CLOCK names the setting's file.
 *
 * Not covered: raw system calls, and waits on condition variables whose deadline is in wall time (the default of
 * pthread_cond_timedwait; Node, Java, Python and Rust all use the monotonic clock there).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include "skew.h"

/* True time until the setting is mapped: other libraries' constructors may read the clock before ours has run. */
static const struct skew_record untouched;
static const struct skew_record *record = &untouched;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_clock_nanosleep)(clockid_t, int, const struct timespec *, struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);
static int (*real_mutex_timedlock)(pthread_mutex_t *, const struct timespec *);

static void give_up(const char *why) {
  static const char who[] = "libskew: SNOWGLOBE_CLOCK ";
  if (write(STDERR_FILENO, who, sizeof who - 1) < 0 || write(STDERR_FILENO, why, strlen(why)) < 0) _exit(EXIT_NOT_SKEWED);
  _exit(EXIT_NOT_SKEWED);
}

static void map_setting(void) {
  const char *path = getenv("SNOWGLOBE_CLOCK");
  if (path == NULL) give_up("is not set\n");
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  /* A page that the file does not have would kill the program at its first look at the clock. */
  if (file < 0 || fstat(file, &facts) != 0 || facts.st_size < SKEW_BYTES) give_up("names no clock setting\n");
  const void *mapped = mmap(NULL, SKEW_BYTES, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) give_up("cannot be mapped\n");
  close(file);
  record = mapped;
}

__attribute__((constructor)) static void prepare(void) {
  if (real_clock_gettime != NULL) return;
  real_clock_nanosleep = dlsym(RTLD_NEXT, "clock_nanosleep");
  real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
  real_mutex_timedlock = dlsym(RTLD_NEXT, "pthread_mutex_timedlock");
  map_setting();
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  if (__builtin_expect(real_clock_gettime == NULL, 0)) prepare();
  const int result = real_clock_gettime(clock, at);
  if (result == 0 && is_wall_clock(clock)) {
    const int64_t true_ns = to_ns(at);
    from_ns(true_ns + skew_at(record, true_ns), at);
  }
  return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  if (zone != NULL) memset(zone, 0, sizeof(struct timezone));
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *at, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, at) == 0 ? base : 0;
}

/* A deadline that the program took from its skewed clock, on the kernel's: by the skew of this moment. */
static struct timespec on_true_clock(const struct timespec *deadline) {
  struct timespec now, translated;
  if (real_clock_gettime == NULL) prepare();
  real_clock_gettime(CLOCK_REALTIME, &now);
  const int64_t ns = to_ns(deadline) - skew_at(record, to_ns(&now));
  from_ns(ns < 0 ? 0 : ns, &translated);
  return translated;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *duration, struct timespec *left) {
  if (real_clock_gettime == NULL) prepare();
  if (clock != CLOCK_REALTIME || !(flags & TIMER_ABSTIME)) return real_clock_nanosleep(clock, flags, duration, left);
  const struct timespec deadline = on_true_clock(duration);
  return real_clock_nanosleep(clock, flags, &deadline, left);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
  const struct timespec translated = on_true_clock(deadline);
  return real_sem_timedwait(semaphore, &translated);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
  const struct timespec translated = on_true_clock(deadline);
  return real_mutex_timedlock(mutex, &translated);
}
