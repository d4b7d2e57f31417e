#include "config.h"

#include "hub/http.h"

#include "base/clock.h"
#include "base/memory.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    HEADER_BYTES = 16 << 10,       /* of a header that is read */
    ALL_HEADERS_BYTES = 256 << 10, /* of an answer */
    REFUSAL_BYTES = 2 << 10
};

struct http {
    CURL *handle;
    long timeout;
    char reason[CURL_ERROR_SIZE];
    struct arena memory; /* of the headers of one exchange */

    /* The exchange in progress. */
    const struct http_request *request;
    struct http_answer *answer;
    struct error *error;
    size_t header_bytes;
    double last_sign; /* when something came, or it began */
    char refusal[REFUSAL_BYTES];
};

/*** libcurl, loaded when it is first wanted ***/

#define FUNCTIONS(X)                                                           \
    X(easy_cleanup)                                                            \
    X(easy_getinfo)                                                            \
    X(easy_init)                                                               \
    X(easy_perform)                                                            \
    X(easy_reset)                                                              \
    X(easy_setopt)                                                             \
    X(easy_strerror)                                                           \
    X(free)                                                                    \
    X(global_init)                                                             \
    X(slist_append)                                                            \
    X(slist_free_all)                                                          \
    X(url)                                                                     \
    X(url_cleanup)                                                             \
    X(url_get)                                                                 \
    X(url_set)

/* curl.easy_init is curl_easy_init, and so on. */
#define MEMBER(name) __typeof__(curl_##name) *name;
static struct {
    FUNCTIONS(MEMBER)
} curl;

#define ROW(name) {"curl_" #name, &curl.name},
static const struct {
    const char *name;
    void *pointer;
} functions[] = {FUNCTIONS(ROW)};

static bool load(struct error *error)
{
    static bool is_loaded;
    if (is_loaded)
        return true;
    void *library = dlopen(CURL_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return error_set(error, "cannot load %s, which xenc pull needs: %s",
                         CURL_SONAME, dlerror());
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(library, functions[i].name);
        if (function == NULL)
            return error_set(error,
                             "%s has no %s: it is not libcurl 7.62 or "
                             "later",
                             CURL_SONAME, functions[i].name);
        memcpy(functions[i].pointer, &function, sizeof function);
    }
    is_loaded = curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return is_loaded || error_set(error, "%s does not start", CURL_SONAME);
}

struct http *http_open(long timeout, struct error *error)
{
    struct http *http = load(error) ? memory_new(1, sizeof *http, error) : NULL;
    if (http == NULL)
        return NULL;
    http->timeout = timeout;
    http->handle = curl.easy_init();
    if (http->handle != NULL)
        return http;
    error_set(error, "%s gives no handle: out of memory", CURL_SONAME);
    http_close(http);
    return NULL;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    if (http->handle != NULL)
        curl.easy_cleanup(http->handle);
    arena_free(&http->memory);
    memory_free(http);
}

/*** URLs: libcurl's own reading, so that what is checked is what is asked ***/

enum { URL_PARTS = 3 };

/* Scheme, host and port of a URL; false when it is not one. */
struct origin {
    char *parts[URL_PARTS];
};

static CURLUcode read_origin(CURLU *url, struct origin *origin)
{
    static const CURLUPart parts[URL_PARTS] = {CURLUPART_SCHEME, CURLUPART_HOST,
                                               CURLUPART_PORT};
    CURLUcode code = CURLUE_OK;
    *origin = (struct origin){{NULL}};
    for (size_t i = 0; i < URL_PARTS && code == CURLUE_OK; i++)
        code =
            curl.url_get(url, parts[i], &origin->parts[i], CURLU_DEFAULT_PORT);
    return code;
}

static void origin_free(struct origin *origin)
{
    for (size_t i = 0; i < URL_PARTS; i++)
        curl.free(origin->parts[i]);
}

static bool is_https(const struct origin *origin)
{
    return strcasecmp(origin->parts[0], "https") == 0;
}

/* localhost, 127.0.0.0/8, ::1 */
static bool is_this_machine(const struct origin *origin)
{
    const char *host = origin->parts[1];
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 &&
            host[strspn(host, "0123456789.")] == '\0');
}

static CURLUcode set_url(CURLU *url, const char *text)
{
    return url != NULL
               ? curl.url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER)
               : CURLUE_OUT_OF_MEMORY;
}

/* Fills origin, which is the caller's to free in any case. */
static bool origin_of(const char *text, struct origin *origin)
{
    CURLU *url = curl.url();
    *origin = (struct origin){{NULL}};
    bool fine = !set_url(url, text) && !read_origin(url, origin);
    curl.url_cleanup(url);
    return fine;
}

static bool is_allowed(const struct origin *from, const struct origin *to,
                       struct error *error)
{
    bool is_plain = strcasecmp(to->parts[0], "http") == 0;
    char host[TEXT_QUOTE_BYTES];
    text_quote(slice_of(to->parts[1]), host);
    if (!is_https(to) && !is_plain)
        return error_set(error, "'%s': https was expected, not another scheme",
                         host);
    if (is_plain && !is_this_machine(to))
        return error_set(error,
                         "'%s': plain http is spoken with this machine only: "
                         "use https",
                         host);
    if (is_plain && from != NULL && is_https(from))
        return error_set(error, "'%s': an https page leads to plain http",
                         host);
    return true;
}

/* The text of a URL in a block of ours. */
static char *url_text(CURLU *url, struct error *error)
{
    char *text = NULL, *copy = NULL;
    if (curl.url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK)
        copy = memory_copy(text, strlen(text), error);
    if (copy == NULL)
        error_set(error, "out of memory: a URL cannot be put together");
    curl.free(text);
    return copy;
}

/* Not quoted: a URL may be a key, or hold a password. */
static bool refuse_url(const char *base, CURLUcode code, struct error *error)
{
    char host[HTTP_HOST_BYTES];
    if (code == CURLUE_OUT_OF_MEMORY)
        return error_set(error, "out of memory: a URL cannot be read");
    if (base == NULL)
        return error_set(error,
                         "an https URL without a user's name was expected");
    return error_set(error,
                     "%s: leads on to what is no https URL without a user's "
                     "name",
                     http_host(base, host));
}

char *http_url(const char *base, const char *reference, struct error *error)
{
    if (!load(error))
        return NULL;
    struct origin from = {{NULL}}, to = {{NULL}};
    CURLU *url = curl.url();
    CURLUcode code = set_url(url, base ? base : reference);
    if (code == CURLUE_OK && base != NULL) {
        code = read_origin(url, &from);
        if (code == CURLUE_OK)
            code = set_url(url, reference);
    }
    if (code == CURLUE_OK)
        code = read_origin(url, &to);
    bool fine = code == CURLUE_OK ? is_allowed(base ? &from : NULL, &to, error)
                                  : refuse_url(base, code, error);
    char *text = fine ? url_text(url, error) : NULL;
    origin_free(&from);
    origin_free(&to);
    curl.url_cleanup(url);
    return text;
}

bool http_same_origin(const char *url, const char *other)
{
    struct origin origins[2];
    bool same = origin_of(url, &origins[0]);
    same = origin_of(other, &origins[1]) && same;
    for (size_t i = 0; i < URL_PARTS && same; i++)
        same = strcasecmp(origins[0].parts[i], origins[1].parts[i]) == 0;
    for (size_t i = 0; i < 2; i++)
        origin_free(&origins[i]);
    return same;
}

const char *http_host(const char *url, char out[HTTP_HOST_BYTES])
{
    struct origin origin;
    bool fine = origin_of(url, &origin);
    snprintf(out, HTTP_HOST_BYTES, "%s", fine ? origin.parts[1] : "?");
    origin_free(&origin);
    return out;
}

/*** The exchange ***/

static const char *const header_names[HTTP_HEADERS] = {
    [HTTP_LOCATION] = "location",
    [HTTP_LINK] = "link",
    [HTTP_CONTENT_RANGE] = "content-range",
    [HTTP_RETRY_AFTER] = "retry-after",
    [HTTP_RATE_LIMIT] = "ratelimit",
    [HTTP_ERROR_CODE] = "x-error-code",
    [HTTP_ERROR_MESSAGE] = "x-error-message",
};

static bool keep_header(struct http *http, struct slice name,
                        struct slice value)
{
    for (size_t i = 0; i < HTTP_HEADERS; i++) {
        if (strlen(header_names[i]) != name.length ||
            strncasecmp(header_names[i], name.bytes, name.length) != 0)
            continue;
        char host[HTTP_HOST_BYTES];
        if (value.length > HEADER_BYTES)
            return error_set(http->error, "%s: a header '%s' of %zu bytes",
                             http_host(http->request->url, host),
                             header_names[i], value.length);
        http->answer->headers[i] =
            arena_copy(&http->memory, value.bytes, value.length, http->error);
        return http->answer->headers[i] != NULL;
    }
    return true;
}

/* Called about once a second: libcurl's own limit of speed needs five seconds
 * more to see silence. */
static int on_progress(void *context, curl_off_t total, curl_off_t now,
                       curl_off_t up_total, curl_off_t up_now)
{
    const struct http *http = context;
    (void)total, (void)now, (void)up_total, (void)up_now;
    return clock_seconds() - http->last_sign > (double)http->timeout;
}

/* A line that begins an answer makes what came before it the headers of an
 * interim one (100, 103). */
static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http *http = context;
    struct slice line = {bytes, size * count};
    http->last_sign = clock_seconds();
    http->header_bytes += line.length;
    if (http->header_bytes > ALL_HEADERS_BYTES) {
        char host[HTTP_HOST_BYTES];
        error_set(http->error, "%s: more than %d KiB of headers",
                  http_host(http->request->url, host), ALL_HEADERS_BYTES >> 10);
        return 0;
    }
    if (line.length >= 5 && memcmp(line.bytes, "HTTP/", 5) == 0) {
        memset(http->answer->headers, 0, sizeof http->answer->headers);
        return line.length;
    }
    const char *colon = memchr(line.bytes, ':', line.length);
    if (colon == NULL)
        return line.length;
    struct slice name = {line.bytes, (size_t)(colon - line.bytes)};
    struct slice value = {colon + 1, line.length - name.length - 1};
    return keep_header(http, name, text_trim(value)) ? line.length : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http *http = context;
    struct http_answer *answer = http->answer;
    struct slice part = {bytes, size * count};
    http->last_sign = clock_seconds();
    curl.easy_getinfo(http->handle, CURLINFO_RESPONSE_CODE, &answer->status);
    if (answer->status == 200 || answer->status == 206)
        return http->request->sink(http->request->context, answer, part,
                                   http->error)
                   ? part.length
                   : 0;
    /* A refusal's first words may say why; no more of it is waited for. */
    size_t room = REFUSAL_BYTES - answer->refusal.length;
    size_t used = part.length < room ? part.length : room;
    memcpy(http->refusal + answer->refusal.length, part.bytes, used);
    answer->refusal.length += used;
    return used == part.length ? part.length : 0;
}

/* Whether another attempt may fare better. */
static bool is_passing(CURLcode code)
{
    static const CURLcode passing[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
        CURLE_PARTIAL_FILE,         CURLE_OPERATION_TIMEDOUT,
        CURLE_GOT_NOTHING,          CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,           CURLE_HTTP2,
        CURLE_HTTP2_STREAM,         CURLE_SSL_CONNECT_ERROR,
        CURLE_ABORTED_BY_CALLBACK, /* on_progress */
    };
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (passing[i] == code)
            return true;
    return false;
}

static bool no_answer(struct http *http, CURLcode code)
{
    char host[HTTP_HOST_BYTES];
    bool is_ended_here = code == CURLE_WRITE_ERROR && http->error->set;
    struct http_answer *answer = http->answer;
    long proxy = 0; /* its answer; one that refuses will refuse again */
    curl.easy_getinfo(http->handle, CURLINFO_HTTP_CONNECTCODE, &proxy);
    answer->is_passing = !http->error->set && is_passing(code) && proxy < 300;
    answer->is_unreached = code == CURLE_COULDNT_RESOLVE_HOST ||
                           code == CURLE_COULDNT_CONNECT ||
                           code == CURLE_COULDNT_RESOLVE_PROXY;
    answer->status = 0;
    if (is_ended_here)
        return false;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return error_set(http->error, "%s: nothing came for %ld seconds",
                         http_host(http->request->url, host), http->timeout);
    return error_set(http->error, "%s: %s", http_host(http->request->url, host),
                     http->reason[0] ? http->reason : curl.easy_strerror(code));
}

/* A variable that is set, or NULL. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Texts are copied, for which memory may end: a request without one of them
 * would be another one. */
static CURLcode set_texts(CURL *handle, const struct http_request *request)
{
    char range[32];
    snprintf(range, sizeof range, "%" PRIu64 "-", request->from);
    bool is_plain = strncasecmp(request->url, "http:", 5) == 0;
    const char *file = variable("SSL_CERT_FILE");
    const struct {
        CURLoption option;
        const char *text; /* NULL: it stays as it is */
    } texts[] = {
        {CURLOPT_URL, request->url},
#if LIBCURL_VERSION_NUM >= 0x075500
        {CURLOPT_PROTOCOLS_STR, "http,https"},
#endif
        /* Plain http goes to this machine alone, and no proxy shall see it. */
        {CURLOPT_PROXY, is_plain ? "" : NULL},
        {CURLOPT_USERAGENT, "xenc/" PACKAGE_VERSION},
        {CURLOPT_RANGE, request->from > 0 ? range : NULL},
        /* Own authorities of certificates, as other programs take them. */
        {CURLOPT_CAINFO, file},
        {CURLOPT_CAPATH, file == NULL ? variable("SSL_CERT_DIR") : NULL},
    };
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].text != NULL && code == CURLE_OK)
            code = curl.easy_setopt(handle, texts[i].option, texts[i].text);
    return code;
}

static CURLcode set_options(struct http *http, struct curl_slist *headers)
{
    CURL *handle = http->handle;
    curl.easy_reset(handle); /* connections stay open */
#if LIBCURL_VERSION_NUM < 0x075500
    const long both = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    curl.easy_setopt(handle, CURLOPT_PROTOCOLS, both);
#endif
    curl.easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl.easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl.easy_setopt(handle, CURLOPT_ERRORBUFFER, http->reason);
    curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, http->timeout);
    curl.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl.easy_setopt(handle, CURLOPT_XFERINFODATA, http);
    curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl.easy_setopt(handle, CURLOPT_HEADERDATA, http);
    curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl.easy_setopt(handle, CURLOPT_WRITEDATA, http);
    return set_texts(handle, http->request);
}

/* One more header in front; on failure the list is freed and NULL. */
static struct curl_slist *add_header(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl.slist_append(list, line);
    if (longer == NULL)
        curl.slist_free_all(list);
    return longer;
}

static struct curl_slist *make_headers(const char *token, struct error *error)
{
    struct curl_slist *list = add_header(NULL, "Accept-Encoding: identity");
    char *line = NULL;
    if (list != NULL && token != NULL) {
        static const char name[] = "Authorization: Bearer ";
        size_t size = sizeof name + strlen(token);
        line = memory_new(size, 1, error);
        if (line != NULL)
            snprintf(line, size, "%s%s", name, token);
        list = line ? add_header(list, line) : list;
    }
    if (list == NULL)
        error_set(error, "out of memory: the headers of a request");
    memory_free(line);
    return list;
}

bool http_get(struct http *http, const struct http_request *request,
              struct http_answer *answer, struct error *error)
{
    *answer = (struct http_answer){.refusal = {http->refusal, 0}};
    http->request = request;
    http->answer = answer;
    http->error = error;
    http->header_bytes = 0;
    http->last_sign = clock_seconds();
    http->reason[0] = '\0';
    arena_reset(&http->memory);
    struct curl_slist *headers = make_headers(request->token, error);
    if (error->set) {
        curl.slist_free_all(headers);
        return false;
    }
    CURLcode code = set_options(http, headers);
    if (code == CURLE_OK)
        code = curl.easy_perform(http->handle);
    curl.easy_getinfo(http->handle, CURLINFO_RESPONSE_CODE, &answer->status);
    curl.easy_setopt(http->handle, CURLOPT_HTTPHEADER, NULL);
    curl.slist_free_all(headers);
    bool is_refused = code == CURLE_WRITE_ERROR && !error->set;
    return code == CURLE_OK || is_refused || no_answer(http, code);
}
