/*
 * test_sandbox.c - what a process may do before it has entered the sandbox and
 * not after it, each in a child of its own.
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/xenc-sandbox.XXXXXX";
static struct sandbox offered;
static pid_t parent;

/* In the folder: listed and other, which have bytes, and target. */
static const char *const listed[] = {"-", "listed", "nowhere", NULL};
static const struct sandbox_files reads = {listed, 4};
static const struct sandbox_plan reading = {.reads = &reads, .read_lists = 1};
static const struct sandbox_plan nothing = {.read_lists = 0};
static const struct sandbox_plan renaming = {.renames = "target"};

static void put_file(const char *name)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(name, file);
    fclose(file);
}

static int prepare(void **state)
{
    (void)state;
    offered = sandbox_offered();
    parent = getpid();
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    put_file("listed");
    put_file("other");
    put_file("target");
    return 0;
}

static int clean(void **state)
{
    (void)state;
    static const char *const names[] = {"listed", "other", "target",
                                        "unfinished"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* True where the deed can be done. */
typedef bool action(void);

/* Whether a child can do it, before the sandbox (plan NULL) or inside. */
static bool can(action *deed, const struct sandbox_plan *plan)
{
    pid_t child = fork();
    if (child == 0) {
        if (plan != NULL)
            sandbox_enter(plan);
        _exit(deed() ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool opens(const char *name, int flags)
{
    int descriptor = open(name, flags, 0600);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

static bool read_listed(void)
{
    return opens("listed", O_RDONLY);
}
static bool read_other(void)
{
    return opens("other", O_RDONLY);
}
static bool write_listed(void)
{
    return opens("listed", O_WRONLY);
}
static bool write_target(void)
{
    return opens("target", O_RDWR);
}
static bool append_other(void)
{
    return opens("other", O_WRONLY | O_APPEND);
}
static bool empty_other(void)
{
    return opens("other", O_RDONLY | O_TRUNC);
}
static bool make_file(void)
{
    return opens("unfinished", O_RDONLY | O_CREAT);
}
static bool list_folder(void)
{
    return opens(".", O_RDONLY | O_DIRECTORY);
}
static bool rename_file(void)
{
    return rename("unfinished", "target") == 0;
}
static bool remove_file(void)
{
    return unlink("unfinished") == 0;
}
static bool make_folder(void)
{
    return mkdir("new", 0700) == 0 && rmdir("new") == 0;
}
static bool change_mode(void)
{
    return chmod("other", 0600) == 0;
}
static bool make_link(void)
{
    return link("other", "linked") == 0 && unlink("linked") == 0;
}

static bool run_program(void)
{
    char *const arguments[] = {(char *)(uintptr_t) "true", NULL};
    execv("/bin/true", arguments);
    return false;
}

static bool make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool make_local(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static bool signal_parent(void)
{
    return kill(parent, 0) == 0;
}
static bool be_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0) != MAP_FAILED;
}

static bool make_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED &&
           mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static void *do_nothing(void *argument)
{
    return argument;
}

static bool run_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, do_nothing, NULL) == 0 &&
           pthread_join(thread, NULL) == 0;
}

static bool raise_signal(void)
{
    return signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0 &&
           kill(getpid(), SIGUSR1) == 0;
}

/* Asks a thread that was there before the sandbox. */
static int question[2], answer[2];
static void *try_socket(void *argument)
{
    char byte;
    if (read(question[0], &byte, 1) == 1) {
        byte = make_socket() ? 'y' : 'n';
        if (write(answer[1], &byte, 1) != 1)
            return NULL;
    }
    return argument;
}

#define ASSERT_TAKEN(deed, plan)                                               \
    do {                                                                       \
        assert_true(can(deed, NULL));                                          \
        assert_false(can(deed, plan));                                         \
    } while (0)

static void only_listed_files_are_read(void **state)
{
    (void)state;
    if (offered.landlock == 0)
        skip();
    assert_true(can(read_listed, &reading));
    ASSERT_TAKEN(read_other, &reading);
    ASSERT_TAKEN(list_folder, &reading);
    ASSERT_TAKEN(read_listed, &renaming);
}

static void nothing_is_opened_without_a_list(void **state)
{
    (void)state;
    if (!offered.seccomp)
        skip();
    ASSERT_TAKEN(read_listed, &nothing);
}

static void nothing_is_written(void **state)
{
    (void)state;
    static action *const deeds[] = {write_listed, write_target, append_other,
                                    empty_other, make_folder};
    if (offered.landlock < 3 && !offered.seccomp)
        skip();
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        ASSERT_TAKEN(deeds[i], &reading);
        ASSERT_TAKEN(deeds[i], &renaming);
    }
    unlink("unfinished");
    ASSERT_TAKEN(make_file, &reading);
    put_file("unfinished");
    ASSERT_TAKEN(remove_file, &reading);
}

static void a_file_takes_its_place(void **state)
{
    (void)state;
    if (offered.landlock == 0 && !offered.seccomp)
        skip();
    put_file("unfinished");
    assert_true(can(rename_file, &renaming));
    put_file("unfinished");
    assert_true(can(remove_file, &renaming));
    assert_false(can(make_file, &renaming) && offered.seccomp);
}

static void no_programs_processes_sockets(void **state)
{
    (void)state;
    static action *const deeds[] = {run_program, make_process,  make_socket,
                                    make_local,  signal_parent, be_traced,
                                    map_code,    make_code,     change_mode};
    if (!offered.seccomp)
        skip();
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        ASSERT_TAKEN(deeds[i], &reading);
        ASSERT_TAKEN(deeds[i], &renaming);
    }
    ASSERT_TAKEN(make_link, &renaming);
}

static void threads_and_own_signals_work(void **state)
{
    (void)state;
    assert_true(can(run_thread, &reading));
    assert_true(can(raise_signal, &reading));
}

static bool older_thread_makes_socket(void)
{
    static const struct sandbox_plan plan = {.read_lists = 0};
    pthread_t thread;
    char byte = '?';
    if (pipe(question) != 0 || pipe(answer) != 0 ||
        pthread_create(&thread, NULL, try_socket, NULL) != 0)
        return false;
    sandbox_enter(&plan);
    return write(question[1], "", 1) == 1 && read(answer[0], &byte, 1) == 1 &&
           byte == 'y';
}

static void older_threads_are_inside_too(void **state)
{
    (void)state;
    if (!offered.seccomp)
        skip();
    assert_false(can(older_thread_makes_socket, NULL));
}

/* The first one forbids what the second one asks for, as a container may. */
static bool does_without(void)
{
    sandbox_enter(&nothing);
    struct sandbox second = sandbox_enter(&nothing);
    return second.landlock == 0 && !second.seccomp && run_thread();
}

static void what_is_forbidden_is_left_out(void **state)
{
    (void)state;
    if (!offered.seccomp)
        skip();
    assert_true(can(does_without, NULL));
}

static bool says_what_it_is(void)
{
    char text[SANDBOX_TEXT_BYTES], wanted[SANDBOX_TEXT_BYTES];
    struct sandbox sandbox = sandbox_enter(&nothing);
    sandbox_print(offered, wanted);
    return strcmp(sandbox_print(sandbox, text), wanted) == 0;
}

static void what_is_offered_is_entered(void **state)
{
    (void)state;
    char text[SANDBOX_TEXT_BYTES];
    assert_true(can(says_what_it_is, NULL));
    assert_string_equal(sandbox_print((struct sandbox){0, false}, text),
                        "none");
    assert_string_equal(sandbox_print((struct sandbox){0, true}, text),
                        "seccomp");
    assert_string_equal(sandbox_print((struct sandbox){4, false}, text),
                        "Landlock 4");
    assert_string_equal(sandbox_print((struct sandbox){4, true}, text),
                        "Landlock 4 and seccomp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_listed_files_are_read),
        cmocka_unit_test(nothing_is_opened_without_a_list),
        cmocka_unit_test(nothing_is_written),
        cmocka_unit_test(a_file_takes_its_place),
        cmocka_unit_test(no_programs_processes_sockets),
        cmocka_unit_test(threads_and_own_signals_work),
        cmocka_unit_test(older_threads_are_inside_too),
        cmocka_unit_test(what_is_offered_is_entered),
        cmocka_unit_test(what_is_forbidden_is_left_out),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
