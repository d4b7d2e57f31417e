#include "config.h"

#include "base/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <sys/prctl.h>

/* Without new privileges a filter can do no harm to programs that would gain
 * some, so that anybody may have one. */
static bool give_up_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}
#else
static bool give_up_privileges(void)
{
    return false;
}
#endif

/* Sanitizers look things up in /proc and start programs for their reports;
 * valgrind does its own system calls in our place. */
static bool is_watched(void)
{
#ifdef HAVE_SANITIZERS
    return true;
#else
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
#endif
}

struct sandbox sandbox_offered(void)
{
    if (is_watched())
        return (struct sandbox){0};
    return (struct sandbox){landlock_offered(), seccomp_offered()};
}

/* The filter comes last: it has no place for what Landlock needs. */
struct sandbox sandbox_enter(const struct sandbox_plan *plan)
{
    struct sandbox sandbox = {0};
    if (is_watched() || !give_up_privileges())
        return sandbox;
    sandbox.landlock = landlock_enter(plan);
    sandbox.seccomp = seccomp_enter(plan);
    return sandbox;
}

const char *sandbox_print(struct sandbox sandbox, char out[SANDBOX_TEXT_BYTES])
{
    char landlock[24] = "";
    if (sandbox.landlock > 0)
        snprintf(landlock, sizeof landlock, "Landlock %d", sandbox.landlock);
    bool has_both = sandbox.landlock > 0 && sandbox.seccomp;
    bool has_none = sandbox.landlock == 0 && !sandbox.seccomp;
    snprintf(out, SANDBOX_TEXT_BYTES, "%s%s%s", landlock,
             has_both ? " and " : "",
             sandbox.seccomp ? "seccomp"
             : has_none      ? "none"
                             : "");
    return out;
}
