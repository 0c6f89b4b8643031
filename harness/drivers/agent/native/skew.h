/*
 * The setting of one wall clock, as the harness writes it (skew-clock.ts) and a skewed process reads it: a file of one
 * page, mapped shared and read-only. All numbers are little endian.
 *
 * The writer fills the slot that is not in use and then counts the selector up. So a reader never waits, never sees half
 * a setting, and keeps the last one when the writer dies in the middle of its work.
 */
#ifndef SNOWGLOBE_SKEW_H
#define SNOWGLOBE_SKEW_H

#include <stdint.h>
#include <time.h>

#define SKEW_BYTES 4096
#define NS_PER_S 1000000000LL

/* What a process ends with that cannot be skewed: it would show the true time, and nobody would know. */
#define EXIT_NOT_SKEWED 97

struct skew_setting {
  int64_t anchor_ns; /* true time (Unix) of the setting */
  int64_t offset_ns; /* what the clock was off by at that moment */
  int64_t drift_ppb; /* nanoseconds gained in each second since: 0 runs true, -1e9 stands still */
  int64_t unused[5];
};

struct skew_record {
  uint64_t selector; /* its lowest bit names the slot in force */
  uint64_t unused[7]; /* a cache line of its own */
  struct skew_setting slots[2];
};

/* What to add to the true time. Without a division by a variable, so that it compiles to no call: it has to work when copied. */
__attribute__((always_inline)) static inline int64_t skew_at(const struct skew_record *record, int64_t true_ns) {
  for (;;) {
    const uint64_t selector = __atomic_load_n(&record->selector, __ATOMIC_ACQUIRE);
    const volatile struct skew_setting *slot = &record->slots[selector & 1];
    const int64_t anchor = slot->anchor_ns, offset = slot->offset_ns, drift = slot->drift_ppb;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&record->selector, __ATOMIC_RELAXED) != selector) continue;
    const int64_t since = true_ns - anchor;
    /* Seconds and the rest apart: their product with the drift would not fit into 64 bits. */
    return offset + since / NS_PER_S * drift + since % NS_PER_S * drift / NS_PER_S;
  }
}

__attribute__((always_inline)) static inline int64_t to_ns(const struct timespec *at) {
  return (int64_t)at->tv_sec * NS_PER_S + at->tv_nsec;
}

__attribute__((always_inline)) static inline void from_ns(int64_t ns, struct timespec *at) {
  at->tv_sec = ns / NS_PER_S;
  at->tv_nsec = ns % NS_PER_S;
  if (at->tv_nsec >= 0) return;
  at->tv_nsec += NS_PER_S;
  at->tv_sec--;
}

/* Only the wall clock is skewed, under all of its names; monotonic clocks and all timers stay true. */
__attribute__((always_inline)) static inline int is_wall_clock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

#endif
