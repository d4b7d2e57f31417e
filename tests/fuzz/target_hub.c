/*
 * target_hub.c - what a server that calls itself the Hub may answer: listings,
 * pages, redirects, refusals, files that say what else is needed.
 *
 * The token goes to the endpoint alone, nothing is asked for but by https, and
 * what is planned is among what was listed.  Input: curl_script.h.
 */
#include "targets.h"

#include "hub/plan.h"

#include "curl_script.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ENDPOINT "https://hub.example"
#define TOKEN    "secret"

static bool is_endpoint(const char *url)
{
    size_t length = sizeof ENDPOINT - 1;
    if (strncasecmp(url, ENDPOINT, length) != 0)
        return false;
    if (strncmp(url + length, ":443", 4) == 0)
        length += 4;
    return url[length] == '\0' || strchr("/?#", url[length]) != NULL;
}

static void watch(const char *url, bool has_token)
{
    fuzz_require(strncasecmp(url, "https://", 8) == 0);
    fuzz_require(has_token == is_endpoint(url));
    fuzz_require(strchr(url, '@') == NULL || strchr(url + 8, '/') != NULL);
}

static void set_environment(void)
{
    static const char *const variables[][2] = {
        {"HF_ENDPOINT", ENDPOINT},
        {"HF_TOKEN", TOKEN},
        {"HF_HOME", "/nonexistent"},
        {"HF_HUB_OFFLINE", "0"},
    };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        fuzz_require(setenv(variables[i][0], variables[i][1], 1) == 0);
    curl_script_watch = watch;
}

struct download {
    struct hub *hub;
    const struct hubcache_name *name;
};

static bool read_file(void *context, const struct hub_file *file,
                      struct buffer *bytes, struct error *error)
{
    const struct download *download = context;
    struct hub_text text;
    hub_text_begin(&text, file->path, 1 << 20);
    bool fine =
        hub_get(download->hub, download->name, "/file", &text.body, error) &&
        buffer_append(bytes, text.bytes.bytes, text.bytes.length, error);
    buffer_free(&text.bytes);
    return fine;
}

static void check_listing(const struct listing *listing)
{
    fuzz_require(hubcache_is_commit(slice_of(listing->commit)));
    for (size_t i = 0; i < listing->count; i++) {
        fuzz_require(listing_is_path(slice_of(listing->files[i].path)));
        fuzz_require(digest_is_name(slice_of(listing->files[i].blob)));
    }
}

static void check_plan(const struct plan *plan, const struct listing *listing)
{
    for (size_t i = 0; i < plan->count; i++)
        fuzz_require(plan->files[i] >= listing->files &&
                     plan->files[i] < listing->files + listing->count);
}

static void plan_model(struct hub *hub, const struct hubcache_name *name)
{
    struct error error = {0};
    struct listing listing;
    struct plan plan;
    struct download download = {hub, name};
    bool fine = listing_get(&listing, hub, name, &error);
    fuzz_require_error(fine, &error);
    fuzz_require(strstr(error.text, TOKEN) == NULL);
    if (!fine)
        return;
    check_listing(&listing);
    fine = plan_make(&plan, &listing, name->id, read_file, &download, &error);
    fuzz_require_error(fine, &error);
    fuzz_require(strstr(error.text, TOKEN) == NULL);
    if (fine)
        check_plan(&plan, &listing);
    plan_free(&plan);
    listing_free(&listing);
}

void target_hub(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    struct error error = {0};
    struct hub hub;
    struct hubcache_name name;
    /* What the server says of its own may be repeated. */
    if (input.length > 0 &&
        memmem(input.bytes, input.length, TOKEN, strlen(TOKEN)) != NULL)
        return;
    set_environment();
    curl_script_start(input);
    fuzz_require(hubcache_parse("org/name@refs/pr/1", &name));
    fuzz_require(hub_open(&hub, (struct hub_watcher){NULL, NULL}, &error));
    plan_model(&hub, &name);
    hub_close(&hub);
}
