/*
 * skew-launch FILE PROGRAM ARGUMENT...: becomes PROGRAM, with a skewed wall clock. x86-64 Linux only.
 *
 * Go programs and static ones load no library, so nothing can be preloaded into them; but they too read the clock through
 * the vDSO, a few pages of code that the kernel maps into each process. When the program has been loaded and has not run
 * a single instruction (the exec stop of ptrace), a tracer maps the setting's file and a page of code into it and lets
 * the vDSO's functions jump there. The vDSO of a process is its own copy: nobody else sees the change.
 *
 * This process becomes the program, so that its parent sees and signals the program itself; the tracer is its grandchild
 * and ends when the program runs. A tracer that dies takes the program with it (EXITKILL): it never runs unskewed.
 *
 * Not covered: raw system calls, and a program that replaces itself by another (exec).
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "skew.h"

#ifndef __x86_64__
#error "the vDSO is patched with x86-64 code"
#endif

#define PAGE 4096

/* ---- The code that runs inside the program: one section, which is copied; it calls nothing outside of it. ---- */

#define INSIDE __attribute__((section("skew_code"), used, noinline))

extern const char __start_skew_code[] __attribute__((visibility("hidden")));
extern const char __stop_skew_code[] __attribute__((visibility("hidden")));

/* The setting lies one page below this code, wherever that is. */
__attribute__((always_inline)) static inline const struct skew_record *setting(void) {
  const char *code;
  __asm__("lea __start_skew_code(%%rip), %0" : "=r"(code));
  return (const struct skew_record *)(code - PAGE);
}

INSIDE static int skewed_clock_gettime(clockid_t clock, struct timespec *at) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "0"(SYS_clock_gettime), "D"((long)clock), "S"(at) : "rcx", "r11", "memory");
  if (result == 0 && is_wall_clock(clock)) {
    const int64_t true_ns = to_ns(at);
    from_ns(true_ns + skew_at(setting(), true_ns), at);
  }
  return (int)result;
}

INSIDE static int skewed_gettimeofday(struct timeval *at, struct timezone *zone) {
  struct timespec now;
  if (zone != NULL) zone->tz_minuteswest = zone->tz_dsttime = 0;
  if (at == NULL) return 0;
  skewed_clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

INSIDE static time_t skewed_time(time_t *at) {
  struct timespec now;
  skewed_clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}

/* ---- The tracer. ---- */

static void fail(const char *what) {
  fprintf(stderr, "skew-launch: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  _exit(EXIT_NOT_SKEWED);
}

/* Writes past protections, which is the tracer's right; the pages are the program's own. */
static void put(pid_t pid, uintptr_t at, const void *bytes, size_t count) {
  for (size_t done = 0; done < count; done += sizeof(long)) {
    const size_t part = count - done < sizeof(long) ? count - done : sizeof(long);
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, pid, at + done, 0);
    if (errno) fail("the program's memory cannot be read");
    memcpy(&word, (const char *)bytes + done, part);
    if (ptrace(PTRACE_POKEDATA, pid, at + done, word) != 0) fail("the program's memory cannot be written");
  }
}

/* Signals that came while the program was led; it gets them when it is let go. */
static uint64_t held_back;

/* Waits until the program stops with what is expected; ends quietly when the program has ended. */
static void await_stop(pid_t pid, int expected) {
  for (;;) {
    int status;
    if (waitpid(pid, &status, __WALL) != pid) fail("the program cannot be waited for");
    if (WIFEXITED(status) || WIFSIGNALED(status)) _exit(0);
    if (status >> 8 == expected) return;
    /* SIGCHLD is of the child that came before this tracer. */
    if (WSTOPSIG(status) != SIGCHLD) held_back |= 1ULL << (WSTOPSIG(status) - 1);
    if (ptrace(PTRACE_CONT, pid, 0, 0) != 0) fail("the program cannot be led");
  }
}

/*
 * Lets the program make one system call, at `scratch`, where there is room for eight bytes of code. The number is part of
 * the code: the return from exec, in which the program stands at first, still writes its own result into rax.
 */
static long call(pid_t pid, uintptr_t scratch, int32_t number, long a, long b, long c, long d, long e, long f) {
  unsigned char code[] = {0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0xcc}; /* mov $number, %eax; syscall; int3 */
  struct user_regs_struct registers, saved;
  memcpy(code + 1, &(int32_t){number}, sizeof(int32_t));
  if (ptrace(PTRACE_GETREGS, pid, 0, &saved) != 0) fail("the program's registers cannot be read");
  put(pid, scratch, code, sizeof code);
  registers = saved;
  registers.rip = scratch;
  registers.orig_rax = -1; /* it is no call that was interrupted and has to be repeated */
  registers.rdi = a, registers.rsi = b, registers.rdx = c, registers.r10 = d, registers.r8 = e, registers.r9 = f;
  if (ptrace(PTRACE_SETREGS, pid, 0, &registers) != 0 || ptrace(PTRACE_CONT, pid, 0, 0) != 0)
    fail("the program cannot be led");
  await_stop(pid, SIGTRAP);
  if (ptrace(PTRACE_GETREGS, pid, 0, &registers) != 0 || ptrace(PTRACE_SETREGS, pid, 0, &saved) != 0)
    fail("the program's registers cannot be set");
  const long result = (long)registers.rax;
  if (result < 0 && result > -PAGE) {
    errno = (int)-result;
    fail("the setting cannot be mapped into the program");
  }
  return result;
}

/* Address and size of a function of the vDSO in this process. The image is the same in each 64-bit process. */
static const Elf64_Sym *function(const char *image, const char *name, uintptr_t *offset) {
  const Elf64_Ehdr *header = (const void *)image;
  const Elf64_Phdr *segments = (const void *)(image + header->e_phoff);
  const Elf64_Dyn *dynamic = NULL;
  uintptr_t base = 0;
  for (int i = 0; i < header->e_phnum; i++) {
    if (segments[i].p_type == PT_DYNAMIC) dynamic = (const void *)(image + segments[i].p_offset);
    if (segments[i].p_type == PT_LOAD) base = segments[i].p_vaddr - segments[i].p_offset;
  }
  const Elf64_Sym *symbols = NULL;
  const char *names = NULL;
  for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag == DT_SYMTAB) symbols = (const void *)(image + dynamic->d_un.d_ptr - base);
    if (dynamic->d_tag == DT_STRTAB) names = image + dynamic->d_un.d_ptr - base;
  }
  /* The table of names follows the table of symbols; nothing else tells where that one ends in every vDSO. */
  for (const Elf64_Sym *symbol = symbols; symbol != NULL && names != NULL && (const char *)symbol < names; symbol++) {
    if (strcmp(names + symbol->st_name, name) != 0) continue;
    *offset = symbol->st_value - base;
    return symbol;
  }
  return NULL;
}

/* The address of the vDSO in the program, from what the kernel handed to it. */
static uintptr_t vdso_of(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/auxv", pid);
  FILE *file = fopen(path, "r");
  Elf64_auxv_t entry;
  while (file != NULL && fread(&entry, sizeof entry, 1, file) == 1)
    if (entry.a_type == AT_SYSINFO_EHDR) {
      fclose(file);
      return entry.a_un.a_val;
    }
  errno = 0;
  fail("the kernel maps no vDSO into the program");
  return 0;
}

static void redirect(pid_t pid, uintptr_t vdso, const char *image, const char *name, uintptr_t target) {
  /* movabs $target, %r11; jmp *%r11: the calling convention leaves r11 to the function that is called. */
  unsigned char jump[] = {0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0xff, 0xe3};
  uintptr_t offset = 0;
  const Elf64_Sym *symbol = function(image, name, &offset);
  errno = 0;
  if (symbol == NULL || symbol->st_size < sizeof jump) fail("the vDSO of this kernel has not the functions to replace");
  memcpy(jump + 2, &target, sizeof target);
  put(pid, vdso + offset, jump, sizeof jump);
}

static void patch(pid_t pid, int file) {
  const char *image = (const char *)getauxval(AT_SYSINFO_EHDR);
  const uintptr_t vdso = vdso_of(pid);
  errno = 0;
  const long start = ptrace(PTRACE_PEEKDATA, pid, vdso, 0);
  if (image == NULL || errno || memcmp(&start, image, sizeof start) != 0) {
    errno = 0;
    fail("the program is not a 64-bit one");
  }
  uintptr_t scratch = 0;
  if (function(image, "__vdso_clock_gettime", &scratch) == NULL) {
    errno = 0;
    fail("the vDSO of this kernel has no clock_gettime");
  }
  scratch += vdso;
  /* Two pages in a row: the setting, and the code that looks one page below itself. */
  const uintptr_t room =
      call(pid, scratch, SYS_mmap, 0, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  call(pid, scratch, SYS_mmap, room, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
  call(pid, scratch, SYS_close, file, 0, 0, 0, 0, 0);
  const uintptr_t code = room + PAGE;
  put(pid, code, __start_skew_code, __stop_skew_code - __start_skew_code);
  const struct {
    const char *name;
    const void *replacement;
  } functions[] = {
      {"__vdso_clock_gettime", skewed_clock_gettime},
      {"__vdso_gettimeofday", skewed_gettimeofday},
      {"__vdso_time", skewed_time},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    redirect(pid, vdso, image, functions[i].name,
             code + ((const char *)functions[i].replacement - __start_skew_code));
}

static void trace(pid_t pid, int file, int ready) {
  if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) != 0)
    fail("the program may not be traced (see /proc/sys/kernel/yama/ptrace_scope, and seccomp in a container)");
  if (write(ready, "", 1) != 1) fail("the program cannot be told to start");
  await_stop(pid, SIGTRAP | PTRACE_EVENT_EXEC << 8);
  patch(pid, file);
  if (ptrace(PTRACE_DETACH, pid, 0, 0) != 0) fail("the program cannot be let go");
  for (int number = 1; number <= 64; number++)
    if (held_back >> (number - 1) & 1) kill(pid, number);
  _exit(0);
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: skew-launch FILE PROGRAM ARGUMENT...\n");
    return 2;
  }
  const int file = open(arguments[1], O_RDONLY); /* without O_CLOEXEC: the program inherits it and maps it */
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) fail(arguments[1]);
  errno = 0;
  if (facts.st_size < SKEW_BYTES || (size_t)(__stop_skew_code - __start_skew_code) > PAGE) fail("no clock setting");
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) fail("pipe");
  const pid_t self = getpid();
  /* Under Yama only an ancestor may trace, unless the traced process allows it. Where there is no Yama this is an error. */
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  /* By way of a child that ends at once, so that the program has no child that it did not make. */
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    const pid_t tracer = fork();
    if (tracer == 0) {
      close(ready[0]);
      trace(self, file, ready[1]);
    }
    _exit(tracer < 0);
  }
  close(ready[1]);
  int status;
  waitpid(child, &status, 0);
  char word;
  errno = 0;
  if (read(ready[0], &word, 1) != 1) fail("there is no tracer");
  execvp(arguments[2], arguments + 2);
  fail(arguments[2]);
}
