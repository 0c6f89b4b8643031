/*
 * slow-sync FILE PROGRAM ARGUMENT...: becomes PROGRAM, whose disk is slow: each fsync and fdatasync that it calls is begun
 * so many milliseconds late as stand in FILE, in decimal, at that moment. No file, or none that can be read: at once.
 *
 * A filter of system calls (seccomp) hands these two calls to a watcher, which lets each go on when its time has come; all
 * others pass. It reaches static programs and Go, needs no rights, works on every file system, and slows no disk but that
 * of this program. Linux 5.9 or later: from then on the watcher learns that nobody is left to watch.
 *
 * This process becomes the program, so that its parent sees and signals the program itself. The watcher is its grandchild
 * and ends with it. A watcher that dies is no disk that is quick again: the calls fail (ENOSYS), and so does the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls is written for x86-64 and arm64"
#endif

/* Linux 5.19: only a fatal signal takes back a call that the watcher has received. Else each signal would begin it anew. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* What it ends with when the program's disk would be as quick as any, and nobody would know. */
#define EXIT_NOT_SLOWED 97
#define HELD_MAX 64
/* How soon a changed FILE is seen while calls are held. */
#define LOOK_MS 5
/* Newer kernels may have more to tell; they write no more than they say, and this is more than they say. */
#define ROOM 1024

static void fail(const char *what) {
  fprintf(stderr, "slow-sync: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  _exit(EXIT_NOT_SLOWED);
}

/* ---- The watcher. ---- */

static int64_t now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int64_t asked_ms(const char *path) {
  char text[32] = "";
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? strtoll(text, NULL, 10) : 0;
}

static void let_go(int listener, uint64_t id) {
  union {
    struct seccomp_notif_resp answer;
    char room[ROOM];
  } out = {0};
  out.answer.id = id;
  out.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  /* ENOENT: whoever called is gone. */
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out) != 0 && errno != ENOENT) _exit(EXIT_NOT_SLOWED);
}

/* Ends when no process is left that the filter holds for. */
static void watch(int listener, const char *path) {
  struct {
    uint64_t id;
    int64_t came;
  } held[HELD_MAX];
  int count = 0;
  for (;;) {
    /* With no room for another call, none is looked for: it waits in the kernel. */
    struct pollfd told = {.fd = listener, .events = count < HELD_MAX ? POLLIN : 0};
    if (poll(&told, 1, count > 0 ? LOOK_MS : -1) < 0 && errno != EINTR) _exit(EXIT_NOT_SLOWED);
    if (told.revents & POLLHUP) _exit(0);
    if (told.revents & POLLIN) {
      union {
        struct seccomp_notif call;
        char room[ROOM];
      } in = {0};
      if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) == 0) {
        held[count].id = in.call.id;
        held[count++].came = now_ms() + 1; /* rounded up: none is held for less than is asked */
      } else if (errno != ENOENT && errno != EINTR) {
        _exit(EXIT_NOT_SLOWED);
      }
    }
    const int64_t delay = count > 0 ? asked_ms(path) : 0;
    const int64_t now = now_ms();
    for (int i = count - 1; i >= 0; i--) {
      if (delay > 0 && now - held[i].came < delay) continue;
      let_go(listener, held[i].id);
      held[i] = held[--count];
    }
  }
}

/* It is no part of the workload: it holds none of its files, and does not bear the environment by which it is found. */
static void withdraw(int keep) {
  extern char **environ;
  for (char **each = environ; *each != NULL; each++) memset(*each, 0, strlen(*each));
  setsid();
  const int nothing = open("/dev/null", O_RDWR);
  for (int file = 0; file < 3; file++) dup2(nothing, file);
  for (int file = 3; file < 256; file++)
    if (file != keep) close(file);
}

/* ---- The filter. ---- */

static int filter_syncs(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fdatasync, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fsync, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
  };
  const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("prctl");
  const long listener =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
  if (listener >= 0 || errno != EINVAL) return (int)listener;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* ---- Handing the listener over: the watcher was there before the filter, or the filter would hold for it as well. ---- */

union one_file {
  struct cmsghdr header;
  char room[CMSG_SPACE(sizeof(int))];
};

static void hand_over(int link, int file) {
  union one_file control = {0};
  struct iovec word = {.iov_base = "", .iov_len = 1};
  struct msghdr message = {
      .msg_iov = &word, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof file);
  memcpy(CMSG_DATA(header), &file, sizeof file);
  if (sendmsg(link, &message, 0) != 1) fail("the filter cannot be handed over");
}

/* Negative when the other end was closed instead. */
static int receive(int link) {
  char byte;
  int file = -1;
  union one_file control = {0};
  struct iovec word = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {
      .msg_iov = &word, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(link, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) memcpy(&file, CMSG_DATA(header), sizeof file);
  return file;
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: slow-sync FILE PROGRAM ARGUMENT...\n");
    return 2;
  }
  int link[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) != 0) fail("socketpair");
  /* By way of a child that ends at once, so that the program has no child that it did not make. */
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    const pid_t watcher = fork();
    if (watcher == 0) {
      close(link[0]);
      const int listener = receive(link[1]);
      if (listener < 0) _exit(EXIT_NOT_SLOWED);
      withdraw(listener);
      watch(listener, arguments[1]);
    }
    _exit(watcher < 0);
  }
  close(link[1]);
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) fail("there is no watcher");
  const int listener = filter_syncs();
  if (listener < 0) fail("the kernel does not let syncs be held (seccomp, Linux 5.9)");
  hand_over(link[0], listener);
  close(listener);
  close(link[0]);
  execvp(arguments[2], arguments + 2);
  fail(arguments[2]);
}
