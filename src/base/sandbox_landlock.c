/*
 * sandbox_landlock.c - which paths may still be opened.
 *
 * The constants are the kernel's interface (Documentation/userspace-api/
 * landlock.rst), said here because headers are older than kernels: what is
 * known to the running kernel counts, and it tells by its version.
 */
#include "base/sandbox.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on every architecture. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };

enum { RULE_PATH_BENEATH = 1, GET_VERSION = 1 };

enum file_access {
    READ_FILE = 1 << 2,
    REMOVE_FILE = 1 << 5,
    MAKE_REGULAR = 1 << 8,
};

/* What a version is able to deny, and the length of its struct ruleset: all of
 * it is denied but for what rules allow. */
static const struct version {
    uint64_t files, network, scopes;
    size_t bytes;
} versions[] = {
    {(1 << 13) - 1, 0, 0, 8},  /* 5.13: execute ... make symbolic links */
    {(1 << 14) - 1, 0, 0, 8},  /* 5.19: and link to other folders */
    {(1 << 15) - 1, 0, 0, 8},  /* 6.2: and truncate */
    {(1 << 15) - 1, 3, 0, 16}, /* 6.7: and bind and connect TCP */
    {(1 << 16) - 1, 3, 0, 16}, /* 6.10: and ioctl on devices */
    {(1 << 16) - 1, 3, 3, 24}, /* 6.12: and abstract sockets and signals */
};

struct ruleset {
    uint64_t files, network, scopes;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

int landlock_offered(void)
{
    long version = syscall(CREATE_RULESET, NULL, 0, GET_VERSION);
    return version > 0 ? (int)version : 0;
}

static int create_ruleset(void)
{
    size_t known = sizeof versions / sizeof *versions;
    size_t version = (size_t)landlock_offered();
    if (version == 0)
        return -1;
    const struct version *most =
        &versions[(version < known ? version : known) - 1];
    struct ruleset ruleset = {most->files, most->network, most->scopes};
    return (int)syscall(CREATE_RULESET, &ruleset, most->bytes, 0);
}

/* What cannot be opened by its path now will not be later: that is told then,
 * by the one who opens it. */
static bool is_absent(int reason)
{
    return reason == ENOENT || reason == ENOTDIR || reason == EACCES ||
           reason == ELOOP || reason == ENAMETOOLONG;
}

/* False with errno.  Pipes without a name (/dev/fd/63) lie in no folder: they
 * are not restricted and take no rule. */
static bool allow(int ruleset, const char *path, uint64_t access,
                  bool wants_folder)
{
    struct stat status;
    int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool fine = fstat(descriptor, &status) == 0;
    if (fine && S_ISDIR(status.st_mode) == wants_folder) {
        struct path_rule rule = {access, descriptor};
        fine = syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
               errno == EBADFD;
    }
    int reason = errno;
    close(descriptor);
    errno = reason;
    return fine;
}

static bool allow_reads(int ruleset, const struct sandbox_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->paths[i];
        if (path != NULL && strcmp(path, "-") != 0 &&
            !allow(ruleset, path, READ_FILE, false) && !is_absent(errno))
            return false;
    }
    return true;
}

/* The folder of a file that will be put in its place. */
static bool allow_rename(int ruleset, const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        int length = slash > path ? (int)(slash - path) : 1;
        snprintf(folder, sizeof folder, "%.*s", length, path);
    }
    return allow(ruleset, folder, REMOVE_FILE | MAKE_REGULAR, true);
}

int landlock_enter(const struct sandbox_plan *plan)
{
    int ruleset = create_ruleset();
    if (ruleset < 0)
        return 0;
    bool fine = plan->renames == NULL || allow_rename(ruleset, plan->renames);
    for (size_t i = 0; fine && i < plan->read_lists; i++)
        fine = allow_reads(ruleset, &plan->reads[i]);
    fine = fine && syscall(RESTRICT_SELF, ruleset, 0) == 0;
    close(ruleset);
    return fine ? landlock_offered() : 0;
}

#else

int landlock_offered(void)
{
    return 0;
}

int landlock_enter(const struct sandbox_plan *plan)
{
    (void)plan;
    return 0;
}

#endif
