#include "base/mapping.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_TROUBLE = 2 };

/*
 * A list that only grows, for a handler may be reading it: an entry whose
 * mapping is gone has no start and is used again.
 */
struct mapping {
    struct mapping *next;
    _Atomic uintptr_t start; /* 0: unused */
    size_t length;
    char *path;
};
static _Atomic(struct mapping *) mappings;
_Static_assert(ATOMIC_LONG_LOCK_FREE == 2, "a handler may not wait for a lock");

/*** In the handler: only calls that are safe there ***/

static const struct mapping *find(uintptr_t address)
{
    for (const struct mapping *at = mappings; at != NULL; at = at->next) {
        uintptr_t start = at->start;
        if (start != 0 && address >= start && address - start < at->length)
            return at;
    }
    return NULL;
}

/* Appends what fits; control bytes of a name do not reach a terminal. */
static size_t append(char *line, size_t length, size_t room, const char *text)
{
    for (; *text != '\0' && length < room; text++)
        line[length++] = text_is_control(*text) ? '?' : *text;
    return length;
}

static void tell(const struct mapping *mapping)
{
    enum { ROOM = 4096 };
    char line[ROOM + 1];
    struct stat status;
    bool is_cut = stat(mapping->path, &status) == 0 &&
                  (uint64_t)status.st_size < mapping->length;
    size_t length = append(line, 0, ROOM, "xenc: ");
    length = append(line, length, ROOM, mapping->path);
    length = append(line, length, ROOM,
                    is_cut ? ": the file was cut while it was being read"
                           : ": the file was taken away or its disk failed "
                             "while it was being read");
    line[length++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
}

static void handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    const struct mapping *mapping =
        info->si_code > 0 ? find((uintptr_t)info->si_addr) : NULL;
    interrupt_clean();
    if (mapping != NULL) {
        tell(mapping);
        _exit(EXIT_TROUBLE);
    }
    signal(number, SIG_DFL);
    raise(number);
}

/*** Outside of it ***/

void mapping_open(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

static struct mapping *take_entry(struct error *error)
{
    for (struct mapping *at = mappings; at != NULL; at = at->next)
        if (at->start == 0)
            return at;
    struct mapping *added = memory_new(1, sizeof *added, error);
    if (added != NULL) {
        added->next = mappings;
        mappings = added;
    }
    return added;
}

bool mapping_add(const void *bytes, size_t length, const char *path,
                 struct error *error)
{
    struct mapping *entry = take_entry(error);
    char *copy = entry != NULL ? memory_copy(path, strlen(path), error) : NULL;
    if (copy == NULL)
        return false;
    entry->path = copy;
    entry->length = length;
    entry->start = (uintptr_t)bytes;
    return true;
}

void mapping_remove(const void *bytes)
{
    for (struct mapping *at = mappings; at != NULL; at = at->next)
        if (at->start == (uintptr_t)bytes) {
            at->start = 0;
            memory_free(at->path);
            return;
        }
}
