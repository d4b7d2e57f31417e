#include "hub/lock.h"

#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* All who share the cache may lock, whatever the umask of the first. */
static int open_lock(const char *path)
{
    int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int descriptor = open(path, flags | O_CREAT | O_EXCL, 0664);
    if (descriptor >= 0)
        fchmod(descriptor, 0664);
    else if (errno == EEXIST)
        descriptor = open(path, flags | O_CREAT, 0664);
    return descriptor;
}

/* A file that was removed meanwhile locks nobody else out. */
static bool is_current(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

bool lock_take(struct lock *lock, const char *path,
               const struct hub_watcher *watcher, const char *name,
               struct error *error)
{
    static const double pause = 0.05;
    struct hub_progress wait = {name, 0, 0, "another download of it"};
    lock->descriptor = -1;
    if (!file_make_folders_above(path, error))
        return false;
    for (;;) {
        int descriptor = open_lock(path);
        if (descriptor < 0)
            return error_system(error, path, errno);
        while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                close(descriptor); /* no locks here: go on without */
                return true;
            }
            hub_wait(watcher, pause, &wait);
        }
        if (is_current(descriptor)) {
            lock->descriptor = descriptor;
            return true;
        }
        close(descriptor);
    }
}

void lock_release(struct lock *lock)
{
    if (lock->descriptor >= 0)
        close(lock->descriptor);
    lock->descriptor = -1;
}
