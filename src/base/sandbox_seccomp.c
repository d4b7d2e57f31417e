/*
 * sandbox_seccomp.c - which system calls may still be made: a table, and the
 * filter that is made of it.
 *
 * All others fail with EPERM; nothing is killed for one, for a library that
 * tries something and does without must not end a run of hours.  The filter is
 * some two hundred instructions of classic BPF, which the kernel compiles; what
 * libseccomp would do beyond that, several architectures in one filter and
 * names for numbers, is not needed.  Source: seccomp(2).
 */
#include "base/sandbox.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) &&     \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Any of these in the flags of an open is more than reading. */
#define WRITING                                                                \
    (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

/* Allowed with any arguments. */
static const long always[] = {
    /* what is open */
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_dup,
    SYS_ppoll,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    /* memory and threads */
    SYS_brk,
    SYS_mremap,
    SYS_munmap,
    SYS_madvise,
    SYS_membarrier,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_futex,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_exit,
    SYS_exit_group,
    /* its own signals */
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    /* questions */
    SYS_getpid,
    SYS_gettid,
    SYS_getrusage,
    SYS_sysinfo,
    SYS_getrandom,
    SYS_gettimeofday,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_nanosleep,
#ifdef __x86_64__
    SYS_stat,
    SYS_lstat,
    SYS_poll,
    SYS_time,
#endif
};
static const long to_read[] = {
    SYS_faccessat,
    SYS_faccessat2,
#ifdef __x86_64__
    SYS_access,
#endif
};
static const long to_rename[] = {
    SYS_renameat, SYS_renameat2, SYS_unlinkat,
#ifdef __x86_64__
    SYS_rename,   SYS_unlink,
#endif
};

/* Allowed where the argument, as far as the mask, has the value; rows of the
 * same call are alternatives. */
struct rule {
    long call;
    int argument;
    uint32_t mask, value;
};
#define WHOLE 0xFFFFFFFFu

static const struct rule limited[] = {
    /* no memory that could be run, threads but no processes */
    {SYS_mmap, 2, PROT_EXEC, 0},
    {SYS_mprotect, 2, PROT_EXEC, 0},
    {SYS_clone, 0, CLONE_THREAD, CLONE_THREAD},
    {SYS_fcntl, 1, WHOLE, F_GETFD},
    {SYS_fcntl, 1, WHOLE, F_GETFL},
    {SYS_ioctl, 1, WHOLE, TCGETS},
    {SYS_ioctl, 1, WHOLE, TIOCGWINSZ},
};
static const struct rule opening[] = {
    {SYS_openat, 2, WRITING, O_RDONLY},
#ifdef __x86_64__
    {SYS_open, 1, WRITING, O_RDONLY},
#endif
};

enum { PROGRAM_LIMIT = 512 };
struct program {
    struct sock_filter code[PROGRAM_LIMIT];
    unsigned short length;
};

static void add(struct program *program, unsigned code, uint32_t operand,
                unsigned char if_true, unsigned char if_false)
{
    program->code[program->length++] =
        (struct sock_filter){(unsigned short)code, if_true, if_false, operand};
}

static void add_load(struct program *program, size_t offset)
{
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void add_answer(struct program *program, uint32_t answer)
{
    add(program, BPF_RET | BPF_K, answer, 0, 0);
}

/* Steps over `others` instructions unless the value is that. */
static void add_unless(struct program *program, uint32_t value,
                       unsigned char others)
{
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, others);
}

/* The lower half of an argument: flags and commands are ints. */
static size_t argument_offset(int argument)
{
    return offsetof(struct seccomp_data, args) + 8 * (size_t)argument;
}

static void add_calls(struct program *program, const long *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_unless(program, (uint32_t)calls[i], 1);
        add_answer(program, SECCOMP_RET_ALLOW);
    }
}

static void add_rules(struct program *program, const struct rule *rules,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_unless(program, (uint32_t)rules[i].call, 5);
        add_load(program, argument_offset(rules[i].argument));
        add(program, BPF_ALU | BPF_AND | BPF_K, rules[i].mask, 0, 0);
        add_unless(program, rules[i].value, 1);
        add_answer(program, SECCOMP_RET_ALLOW);
        add_load(program, offsetof(struct seccomp_data, nr));
    }
}

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define CALLS       (COUNT(always) + COUNT(to_read) + COUNT(to_rename))
#define RULES       (COUNT(limited) + COUNT(opening) + 2)
_Static_assert(8 + 2 * CALLS + 6 * RULES <= PROGRAM_LIMIT, "a longer filter");

static void make_program(struct program *program,
                         const struct sandbox_plan *plan)
{
    const uint32_t self = (uint32_t)getpid();
    const struct rule own_signals[] = {{SYS_tgkill, 0, WHOLE, self},
                                       {SYS_kill, 0, WHOLE, self}};
    program->length = 0;
    /* Calls of another architecture have other numbers. */
    add_load(program, offsetof(struct seccomp_data, arch));
    add(program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    add_answer(program, SECCOMP_RET_KILL_PROCESS);
    add_load(program, offsetof(struct seccomp_data, nr));
    add_calls(program, always, COUNT(always));
    add_rules(program, limited, COUNT(limited));
    add_rules(program, own_signals, COUNT(own_signals));
    if (plan->read_lists > 0) {
        add_calls(program, to_read, COUNT(to_read));
        add_rules(program, opening, COUNT(opening));
    }
    if (plan->renames != NULL)
        add_calls(program, to_rename, COUNT(to_rename));
    /* Its flags lie behind a pointer: libraries then take clone. */
    add_unless(program, SYS_clone3, 1);
    add_answer(program, SECCOMP_RET_ERRNO | ENOSYS);
    add_answer(program, SECCOMP_RET_ERRNO | EPERM);
}

bool seccomp_offered(void)
{
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* All threads get it.  Kernels before 5.16 would slow the whole process down
 * against Spectre 4 unless told that nothing foreign runs in it. */
bool seccomp_enter(const struct sandbox_plan *plan)
{
    struct program program;
    make_program(&program, plan);
    struct sock_fprog filter = {program.length, program.code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                   SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                   &filter) == 0;
}

#else

bool seccomp_offered(void)
{
    return false;
}

bool seccomp_enter(const struct sandbox_plan *plan)
{
    (void)plan;
    return false;
}

#endif
