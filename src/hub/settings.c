#include "hub/settings.h"

#include "base/files.h"
#include "base/memory.h"
#include "model/hubcache.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_TIMEOUT = 10, TOKEN_BYTES = 4096 };

/* 1, ON, YES and TRUE in any case. */
static bool is_true(const char *variable)
{
    static const char *const words[] = {"1", "on", "yes", "true"};
    const char *value = hubcache_variable(variable);
    for (size_t i = 0; value != NULL && i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return false;
}

/* A copy without blanks and ends of lines around it; *copy NULL: empty. */
static bool copy_trimmed(struct slice text, char **copy, struct error *error)
{
    text = text_trim(text);
    *copy =
        text.length > 0 ? memory_copy(text.bytes, text.length, error) : NULL;
    return !error->set;
}

/* A token is a word of visible ASCII: anything else in it would reach into
 * the other headers of a request. */
static bool is_word(const char *token)
{
    for (const char *at = token; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return true;
}

static bool take_token(struct hub_settings *settings, struct slice text,
                       const char *source, struct error *error)
{
    if (text.length > TOKEN_BYTES)
        return error_set(error, "%s: %zu bytes: a token was expected", source,
                         text.length);
    if (!copy_trimmed(text, &settings->token, error) || settings->token == NULL)
        return !error->set;
    if (!is_word(settings->token))
        return error_set(error,
                         "%s: a token of letters, digits and signs was "
                         "expected, without blanks in it",
                         source);
    return copy_trimmed(slice_of(source), &settings->token_source, error);
}

static char *token_path(struct error *error)
{
    const char *path = hubcache_variable("HF_TOKEN_PATH");
    if (path != NULL)
        return hubcache_expand(path, error);
    char *home = hubcache_home(error);
    char *file = home ? file_join(home, "token", error) : NULL;
    memory_free(home);
    return file;
}

static bool read_token_file(struct hub_settings *settings, struct error *error)
{
    char *path = token_path(error);
    struct file file = {0};
    bool fine = path != NULL;
    if (fine && file_exists(path, error))
        fine = file_map(&file, path, error) &&
               take_token(settings, (struct slice){file.bytes, file.length},
                          path, error);
    if (file.bytes != NULL)
        file_release(&file);
    memory_free(path);
    return fine && !error->set;
}

static bool read_token(struct hub_settings *settings, struct error *error)
{
    static const char *const variables[] = {"HF_TOKEN",
                                            "HUGGING_FACE_HUB_TOKEN"};
    if (is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
        return true;
    for (size_t i = 0; i < 2; i++) {
        const char *value = hubcache_variable(variables[i]);
        if (value != NULL &&
            !take_token(settings, slice_of(value), variables[i], error))
            return false;
        if (settings->token != NULL)
            return true;
    }
    return read_token_file(settings, error);
}

static bool read_endpoint(struct hub_settings *settings, struct error *error)
{
    const char *value = hubcache_variable("HF_ENDPOINT");
    if (!copy_trimmed(slice_of(value ? value : "https://huggingface.co"),
                      &settings->endpoint, error))
        return false;
    if (settings->endpoint == NULL)
        return error_set(error, "HF_ENDPOINT: a URL was expected");
    size_t length = strlen(settings->endpoint);
    while (length > 0 && settings->endpoint[length - 1] == '/')
        settings->endpoint[--length] = '\0';
    return true;
}

static long read_timeout(void)
{
    const char *value = hubcache_variable("HF_HUB_DOWNLOAD_TIMEOUT");
    char *end;
    double seconds = value ? strtod(value, &end) : 0;
    if (value == NULL || *end != '\0' || !(seconds > 0 && seconds < 1e6))
        return DEFAULT_TIMEOUT;
    return seconds < 1 ? 1 : (long)seconds;
}

bool hub_settings_read(struct hub_settings *settings, struct error *error)
{
    bool is_said = hubcache_variable("HF_HUB_OFFLINE") != NULL;
    *settings = (struct hub_settings){
        .timeout = read_timeout(),
        .is_offline =
            is_true(is_said ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE"),
        .has_no_links = is_true("HF_HUB_DISABLE_SYMLINKS"),
        .root = hubcache_root(error),
    };
    if (settings->root != NULL && read_endpoint(settings, error) &&
        read_token(settings, error))
        return true;
    hub_settings_free(settings);
    return false;
}

void hub_settings_free(struct hub_settings *settings)
{
    memory_free(settings->token);
    memory_free(settings->token_source);
    memory_free(settings->endpoint);
    memory_free(settings->root);
    *settings = (struct hub_settings){0};
}
